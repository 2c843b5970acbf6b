package dev.evalfleet.local.tasks;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.producer.task.TaskLibrary.Entry;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `evalfleet tasks list`.
@Command(name = "list", description = "List tasks, groups and tags.")
final class ListTasks implements Callable<Integer> {

    @Mixin
    private TaskFolders folders = new TaskFolders();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        TaskLibrary library = new TaskLibrary(folders.all());
        Table table = new Table("name", "kind", "what it is");
        library.entries().stream()
                .sorted(Comparator.comparing(Entry::kind).reversed().thenComparing(Entry::name))
                .forEach(entry -> table.row(entry.name(), entry.kind().name().toLowerCase(Locale.ROOT), about(entry)));
        table.print(output.out());
        if (!library.problems().isEmpty()) {
            output.say("Some files cannot be used:\n" + PlanningDesk.lines(library.problems()));
        }
        return ExitCodes.OK;
    }

    private static String about(Entry entry) {
        return entry.description().isEmpty() && !entry.members().isEmpty()
                ? String.join(", ", entry.members())
                : entry.description();
    }
}
