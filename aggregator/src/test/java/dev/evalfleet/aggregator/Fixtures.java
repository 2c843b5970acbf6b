package dev.evalfleet.aggregator;

import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Plans and results as the other processes would write them.
final class Fixtures {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final String REQUEST = "req-1";
    static final String TASK = "add";
    static final String CANDIDATE = run("new");
    static final String BASELINE = run("old");

    private Fixtures() {}

    static String run(String model) {
        return Ids.runId(REQUEST, TASK, model, null);
    }

    static MetricPlan exactMatch() {
        return MetricPlan.newBuilder()
                .setMetric("exact_match")
                .setFilter("none")
                .setLower(0.0)
                .setUpper(1.0)
                .setFailureValue(0.0)
                .build();
    }

    /// A run of its own.
    static RunPlan plan(String runId, int expected) {
        List<String> parts = Ids.parts(runId);
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId(parts.get(0))
                .setRunId(runId)
                .setTask(parts.get(1))
                .setModel(parts.get(2))
                .setPool("tiny")
                .setRole(RunRole.CANDIDATE)
                .setPairGroup(Ids.pairGroup(parts.get(0), parts.get(1)))
                .setRequestRuns(List.of(runId))
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setExpectedSamples(expected)
                .setMetrics(List.of(exactMatch()))
                .setDatasetFingerprint("f00d")
                .setPlannedAt(START)
                .build();
    }

    /// The same with slices of these sizes.
    static RunPlan sliced(RunPlan plan, Map<String, Long> sizes) {
        return RunPlan.newBuilder(plan).setSliceSizes(sizes).build();
    }

    /// One of several runs, the first of which is the baseline.
    static RunPlan compared(String runId, int expected, String baseline, List<String> runs) {
        boolean isBaseline = runId.equals(baseline);
        return RunPlan.newBuilder(plan(runId, expected))
                .setRequestRuns(runs)
                .setRole(isBaseline ? RunRole.BASELINE : RunRole.CANDIDATE)
                .setBaseline(
                        isBaseline
                                ? null
                                : BaselinePlan.newBuilder()
                                        .setRunId(baseline)
                                        .setPairs(expected)
                                        .build())
                .build();
    }

    static SampleResult scored(String runId, long position, double score, String... slices) {
        return result(runId, position)
                .setStatus(SampleStatus.SCORED)
                .setScores(List.of(score("exact_match", score)))
                .setSlices(List.of(slices))
                .build();
    }

    static SampleResult failed(String runId, long position, FailureKind kind, String code) {
        return result(runId, position)
                .setStatus(SampleStatus.FAILED)
                .setFailure(Failure.newBuilder()
                        .setKind(kind)
                        .setCode(code)
                        .setCause("it did not work")
                        .build())
                .build();
    }

    static Score score(String metric, double value) {
        return Score.newBuilder()
                .setMetric(metric)
                .setFilter("none")
                .setValue(value)
                .build();
    }

    static SampleResult.Builder result(String runId, long position) {
        List<String> parts = Ids.parts(runId);
        return SampleResult.newBuilder()
                .setRunId(runId)
                .setRequestId(parts.get(0))
                .setTask(parts.get(1))
                .setModel(parts.get(2))
                .setDocumentId("doc-" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setRole(runId.equals(BASELINE) ? RunRole.BASELINE : RunRole.CANDIDATE)
                .setPairGroup(Ids.pairGroup(parts.get(0), parts.get(1)))
                .setDatasetFingerprint("f00d")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setPromptTokens(10)
                .setOutputTokens(5)
                .setLatencyMs(20)
                .setCompletedAt(START);
    }
}
