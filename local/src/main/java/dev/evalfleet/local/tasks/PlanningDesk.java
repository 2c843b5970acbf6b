package dev.evalfleet.local.tasks;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.view.DownloadBar;
import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.plan.PlannedSamples;
import dev.evalfleet.producer.plan.Planning;
import dev.evalfleet.producer.plan.RunPlanner;
import dev.evalfleet.producer.plan.TaskRendering;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.producer.task.TaskSelector;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Plans requests as a producer would, on this machine and without a fleet: for dry runs and checks.
public final class PlanningDesk implements AutoCloseable {

    private static final int MOST_RUNS = 100_000;

    private final TaskLibrary library;
    private final SpoolStore spools;
    private final RunPlanner planner;

    private PlanningDesk(TaskLibrary library, SpoolStore spools, PoolCatalogue pools, Baselines baselines) {
        this.library = library;
        this.spools = spools;
        this.planner = new RunPlanner(library, spools, pools, baselines, MOST_RUNS);
    }

    public static PlanningDesk open(List<Path> taskDirs, PoolCatalogue pools) {
        return open(taskDirs, pools, Baselines.UNCHECKED);
    }

    /// @param baselines knows the runs outside a request
    public static PlanningDesk open(List<Path> taskDirs, PoolCatalogue pools, Baselines baselines) {
        try {
            Path folder = Files.createTempDirectory("evalfleet-plan-");
            folder.toFile().deleteOnExit();
            SpoolStore spools =
                    new SpoolStore(folder, access(taskDirs, folder.resolve("downloads")), DownloadBar.onTerminal());
            return new PlanningDesk(new TaskLibrary(taskDirs), spools, pools, baselines);
        } catch (IOException unusable) {
            throw CommandException.failed("There is no room for temporary files: " + unusable.getMessage());
        }
    }

    private static DataAccess access(List<Path> taskDirs, Path downloads) {
        return DataAccess.local(downloads).readingInline(taskDirs);
    }

    public TaskLibrary library() {
        return library;
    }

    /// The tasks that names stand for; names that stand for nothing end the command.
    List<TaskSelector.Selected> select(List<String> names) {
        Problems problems = new Problems();
        List<TaskSelector.Selected> selected = new TaskSelector(library, Map.of(), problems).select(names);
        if (!problems.isEmpty()) {
            throw CommandException.failed("This is not known:\n" + lines(problems.list()));
        }
        return selected;
    }

    TaskRendering rendering(TaskDefinition task, TaskRendering.Options options) throws DatasetException {
        return TaskRendering.open(spools, task, options);
    }

    public Planning plan(EvalRequest request) {
        try {
            return planner.plan(request);
        } catch (DatasetException unavailable) {
            throw CommandException.failed(unavailable.where() + ": " + unavailable.reason());
        }
    }

    /// The first samples of a run, rendered, in the order they would be sent.
    public List<Sample> samples(RunPlan plan, int count) {
        try (RunSamples samples = new PlannedSamples(spools).open(plan)) {
            List<Sample> first = new ArrayList<>();
            for (long position = 0; position < Math.min(count, plan.getExpectedSamples()); position++) {
                first.add(samples.at(position));
            }
            return first;
        } catch (SpoolException lost) {
            throw CommandException.failed(String.valueOf(lost.getMessage()));
        }
    }

    /// Problems as lines.
    public static String lines(List<Problem> problems) {
        return problems.stream()
                .map(problem ->
                        "  - " + (problem.getWhere().isEmpty() ? "" : problem.getWhere() + ": ") + problem.getMessage())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        spools.close();
    }
}
