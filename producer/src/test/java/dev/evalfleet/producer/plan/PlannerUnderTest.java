package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DatasetException;
import dev.evalfleet.producer.dataset.SpoolStore;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.task.TaskLibrary;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A planner over a folder, without Kafka.
public final class PlannerUnderTest implements AutoCloseable {
    private final SpoolStore spools;
    private final RunPlanner planner;
    private Baselines baselines = Baselines.UNCHECKED;

    public PlannerUnderTest(Path taskDir, Path work) {
        this(taskDir, work, DataAccess.local(work.resolve("cache")));
    }

    public PlannerUnderTest(Path taskDir, Path work, DataAccess access) {
        try {
            spools = new SpoolStore(work.resolve("spool"), access);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var pools = new PoolCatalogue(List.of(PoolCatalogue.Pool.of("tiny", List.of("v1", "v2", "v3"), 8)));
        planner = new RunPlanner(
                new TaskLibrary(List.of(taskDir)), spools, pools, baseline -> baselines.find(baseline), 1000);
    }

    /// From now on runs outside the request are these.
    void know(Baselines known) {
        baselines = known;
    }

    /// The tasks that come with the project.
    static Path bundledTasks() {
        return Path.of("..", "tasks");
    }

    public static EvalRequest.Builder request(String task, String... models) {
        return EvalRequest.newBuilder()
                .setRequestId("r1")
                .setTasks(List.of(task))
                .setModels(List.of(models));
    }

    public Planning plan(EvalRequest.Builder request) {
        try {
            return planner.plan(request.build());
        } catch (DatasetException e) {
            throw new AssertionError(e);
        }
    }

    public List<RunPlan> accepted(EvalRequest.Builder request) {
        return switch (plan(request)) {
            case Planning.Accepted accepted -> accepted.runs();
            case Planning.Rejected rejected -> throw new AssertionError("rejected: " + rejected.problems());
        };
    }

    public List<String> problems(EvalRequest.Builder request) {
        return switch (plan(request)) {
            case Planning.Accepted _ -> List.of();
            case Planning.Rejected rejected ->
                rejected.problems().stream().map(PlannerUnderTest::sentence).toList();
        };
    }

    static String sentence(Problem problem) {
        return problem.getWhere() + ": " + problem.getMessage();
    }

    /// Every sample of a run, in the order of positions.
    public List<Sample> samples(RunPlan plan) {
        try (RunSamples samples = new PlannedSamples(spools).open(plan)) {
            var all = new ArrayList<Sample>();
            for (long position = 0; position < plan.getExpectedSamples(); position++) {
                all.add(samples.at(position));
            }
            return all;
        } catch (SpoolException e) {
            throw new AssertionError(e);
        }
    }

    PlannedSamples source() {
        return new PlannedSamples(spools);
    }

    public static Path write(Path folder, String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        spools.close();
    }
}
