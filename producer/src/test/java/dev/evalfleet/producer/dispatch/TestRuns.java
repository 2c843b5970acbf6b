package dev.evalfleet.producer.dispatch;

import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Instant;
import java.util.List;

/// Plans, states, controls and samples as the tests need them. A run id is `request/name`.
public final class TestRuns {
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private TestRuns() {}

    public static RunPlan.Builder plan(String runId, String pool, long samples) {
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(requestOf(runId))
                .setRunId(runId)
                .setRequestRuns(List.of(runId))
                .setTask("task")
                .setModel("model")
                .setPool(pool)
                .setExpectedSamples(samples)
                .setPlannedAt(NOON);
    }

    /// A run that may be stopped early and is compared with another of its request.
    public static RunPlan.Builder gated(String runId, String baselineRunId, String pool, long samples) {
        return plan(runId, pool, samples)
                .setRequestRuns(List.of(runId, baselineRunId))
                .setGates(Gates.newBuilder().setStopEarly(StopEarly.ON_FAIL).build())
                .setBaseline(BaselinePlan.newBuilder()
                        .setRunId(baselineRunId)
                        .setPairs(samples)
                        .build());
    }

    public static RunState.Builder state(String runId, RunStatus status, Long... missing) {
        return RunState.newBuilder()
                .setId(runId)
                .setKind(StateKind.RUN)
                .setRequestId(requestOf(runId))
                .setStatus(status)
                .setMissingPositions(List.of(missing))
                .setUsage(Usage.newBuilder().build())
                .setUpdatedAt(NOON);
    }

    public static RunControl cancel(String runOrRequestId) {
        return RunControl.newBuilder()
                .setId(runOrRequestId)
                .setAction(ControlAction.CANCEL)
                .setAt(NOON)
                .build();
    }

    public static Sample sample(RunPlan plan, long position) {
        return Sample.newBuilder()
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setDocumentId("d" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setPrompt("question " + position)
                .setGeneration(GenerationParams.newBuilder().build())
                .setCreatedAt(NOON)
                .build();
    }

    /// Samples as [#sample] makes them.
    public static RunSamples samples(RunPlan plan) {
        return new RunSamples() {
            @Override
            public RunPlan plan() {
                return plan;
            }

            @Override
            public Sample at(long position) {
                return sample(plan, position);
            }

            @Override
            public void close() {}
        };
    }

    private static String requestOf(String runId) {
        return runId.substring(0, runId.indexOf('/'));
    }
}
