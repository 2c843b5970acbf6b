package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.producer.task.TaskLibrary.Entry;
import dev.evalfleet.producer.task.TaskLibrary.Kind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet tasks validate`.
@Command(
        name = "validate",
        description = "Check tasks as a producer would: the YAML, the templates, the data, the metrics.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet tasks validate                     every bundled task",
            "  evalfleet tasks validate my-tasks/           every task of a folder",
            "  evalfleet tasks validate my-tasks/mine.yaml skills"
        })
final class ValidateTasks implements Callable<Integer> {

    private static final String MODEL = "any";

    @Parameters(paramLabel = "TASK|FILE|FOLDER", description = "What to check. Default: everything.")
    private List<String> what = new ArrayList<>();

    @Mixin
    private TaskFolders folders = new TaskFolders();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        List<Path> places =
                what.stream().filter(ValidateTasks::isPath).map(Path::of).toList();
        List<Path> all = new ArrayList<>(
                places.stream().map(ValidateTasks::folder).distinct().toList());
        all.addAll(folders.all());
        PoolCatalogue pools = new PoolCatalogue(List.of(PoolCatalogue.Pool.of(MODEL, List.of(MODEL), 1)));
        try (PlanningDesk desk = PlanningDesk.open(all, pools)) {
            List<Problem> broken = desk.library().problems().stream()
                    .filter(problem ->
                            what.isEmpty() || places.stream().anyMatch(place -> isIn(problem.getWhere(), place)))
                    .toList();
            List<String> names = names(desk, places);
            if (names.isEmpty() && broken.isEmpty()) {
                throw CommandException.failed("There is no task in " + String.join(", ", what) + ".");
            }
            int failures = report(broken, output);
            for (String name : names) {
                failures += validate(name, desk, output);
            }
            output.out().println(names.size() + " checked, " + failures + " with problems");
            output.out().flush();
            return failures == 0 ? ExitCodes.OK : ExitCodes.FAILED;
        }
    }

    private List<String> names(PlanningDesk desk, List<Path> places) {
        List<String> names =
                new ArrayList<>(what.stream().filter(name -> !isPath(name)).toList());
        desk.library().entries().stream()
                .filter(entry -> entry.kind() == Kind.TASK)
                .filter(entry -> what.isEmpty() || places.stream().anyMatch(place -> isIn(entry.place(), place)))
                .map(Entry::name)
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        return names;
    }

    private static int report(List<Problem> broken, Output output) {
        if (!broken.isEmpty()) {
            output.out().println(PlanningDesk.lines(broken));
        }
        return broken.isEmpty() ? 0 : 1;
    }

    private static int validate(String name, PlanningDesk desk, Output output) {
        EvalRequest request = EvalRequest.newBuilder()
                .setRequestId("validate")
                .setTasks(List.of(name))
                .setModels(List.of(MODEL))
                .build();
        return switch (desk.plan(request)) {
            case Planning.Accepted accepted -> {
                output.out().println("ok      " + name + ", " + accepted.samples() + " samples");
                accepted.runs().stream()
                        .flatMap(run -> run.getWarnings().stream())
                        .distinct()
                        .forEach(warning -> output.out()
                                .println("        warning: " + warning.getWhere() + ": " + warning.getMessage()));
                yield 0;
            }
            case Planning.Rejected rejected -> {
                output.out().println("BROKEN  " + name + "\n" + PlanningDesk.lines(rejected.problems()));
                yield 1;
            }
        };
    }

    private static boolean isPath(String text) {
        boolean looksLikeOne =
                text.contains("/") || text.endsWith(".yaml") || text.endsWith(".yml") || text.equals(".");
        if (looksLikeOne && !Files.exists(Path.of(text))) {
            throw CommandException.usage(text + ": there is no such file or folder");
        }
        return looksLikeOne;
    }

    private static Path folder(Path place) {
        Path absolute = place.toAbsolutePath().normalize();
        return Files.isDirectory(absolute) ? absolute : absolute.resolveSibling("");
    }

    private static boolean isIn(String where, Path place) {
        return where.startsWith(place.toAbsolutePath().normalize().toString());
    }
}
