package dev.evalfleet.local.tasks;

import dev.evalfleet.local.Subcommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `evalfleet tasks`: what can be asked.
@Command(
        name = "tasks",
        description = "List, show and check tasks.",
        subcommands = {ListTasks.class, ShowTask.class, RenderTasks.class, ValidateTasks.class, TasksCheckCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet tasks list",
            "  evalfleet tasks show skills_subtract --samples 2",
            "  evalfleet tasks validate my-tasks/arithmetic.yaml",
            "  evalfleet tasks check --tasks-dir lm-evaluation-harness/lm_eval/tasks"
        })
public final class TasksCommand implements Subcommand {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "say what to do with tasks: list, show, render, validate or check");
    }
}
