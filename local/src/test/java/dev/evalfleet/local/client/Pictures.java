package dev.evalfleet.local.client;

import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.FailureCount;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Makes the picture of a fleet without one.
public final class Pictures {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final FleetPicture picture = new FleetPicture(_ -> true);
    private final String requestId;
    private final List<String> runs = new ArrayList<>();

    public Pictures(String requestId) {
        this.requestId = requestId;
    }

    public FleetPicture picture() {
        return picture;
    }

    public Pictures baseline(String task, String model, double score) {
        add(task, model, RunRole.BASELINE, RunStatus.COMPLETED, 100, 100);
        picture.see(task + model, metric(task, model, score));
        return this;
    }

    public Pictures candidate(String task, String model, double score, double p) {
        add(task, model, RunRole.CANDIDATE, RunStatus.COMPLETED, 100, 100);
        double baseline = picture.plans(requestId).stream()
                .filter(plan -> plan.getTask().equals(task) && plan.getRole() == RunRole.BASELINE)
                .findFirst()
                .flatMap(plan -> picture.overall(plan.getRunId()).stream().findFirst())
                .map(Metric::getValue)
                .orElse(score);
        Metric metric = metric(task, model, score);
        metric.setPaired(PairedMetric.newBuilder()
                .setBaselineRunId(Ids.runId(requestId, task, "v1", null))
                .setPairs(100)
                .setDifference(score - baseline)
                .setBaselineMean(baseline)
                .setCandidateMean(score)
                .setMcnemarP(p)
                .build());
        picture.see(task + model, metric);
        return this;
    }

    public Pictures running(String task, String model, long done, long expected) {
        add(task, model, RunRole.CANDIDATE, RunStatus.RUNNING, done, expected);
        return this;
    }

    /// The last candidate was stopped early.
    public Pictures stopped(String task, String model) {
        add(task, model, RunRole.CANDIDATE, RunStatus.STOPPED_EARLY, 50, 100);
        return this;
    }

    /// What a candidate came to on a slice.
    public Pictures slice(String task, String model, String slice, double difference, double midP, double eValue) {
        Metric metric = metric(task, model, 0.5);
        metric.setSlice(slice);
        metric.setPaired(PairedMetric.newBuilder()
                .setBaselineRunId(Ids.runId(requestId, task, "v1", null))
                .setPairs(50)
                .setDifference(difference)
                .setMcnemarP(midP)
                .setMcnemarMidP(midP)
                .setEValue(eValue)
                .build());
        picture.see(task + model + slice, metric);
        return this;
    }

    /// The run is incomplete: half of its samples failed so.
    public Pictures failed(String task, String model, String code, String example) {
        add(task, model, RunRole.CANDIDATE, RunStatus.INCOMPLETE, 50, 100);
        RunState state = picture.state(Ids.runId(requestId, task, model, null)).orElseThrow();
        state.setFailedInfrastructure(50);
        state.setFailures(List.of(new FailureCount(FailureKind.INFRASTRUCTURE, code, 50L, example)));
        return this;
    }

    private void add(String task, String model, RunRole role, RunStatus status, long done, long expected) {
        String runId = Ids.runId(requestId, task, model, null);
        runs.add(runId);
        picture.see(RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(requestId)
                .setRunId(runId)
                .setTask(task)
                .setModel(model)
                .setRole(role)
                .setRequestRuns(List.copyOf(runs))
                .setExpectedSamples(expected)
                .setMetrics(List.of(MetricPlan.newBuilder()
                        .setMetric("exact_match")
                        .setFilter("none")
                        .build()))
                .setPlannedAt(NOW)
                .build());
        picture.see(RunState.newBuilder()
                .setId(runId)
                .setKind(StateKind.RUN)
                .setRequestId(requestId)
                .setStatus(status)
                .setTask(task)
                .setModel(model)
                .setExpected(expected)
                .setScored(done)
                .setUsage(Usage.newBuilder().build())
                .setUpdatedAt(NOW)
                .build());
    }

    private Metric metric(String task, String model, double score) {
        return Metric.newBuilder()
                .setRunId(Ids.runId(requestId, task, model, null))
                .setRequestId(requestId)
                .setTask(task)
                .setModel(model)
                .setMetric("exact_match")
                .setFilter("none")
                .setN(100)
                .setValue(score)
                .setUsage(Usage.newBuilder().build())
                .setCompleted(true)
                .setUpdatedAt(NOW)
                .build();
    }
}
