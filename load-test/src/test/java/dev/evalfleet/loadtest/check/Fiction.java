package dev.evalfleet.loadtest.check;

import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A history in which all is well, made by hand: a baseline and a candidate of eight samples each. Tests spoil it.
final class Fiction {
    static final String BASELINE = Ids.runId("r", "task", "base", null);
    static final String CANDIDATE = Ids.runId("r", "task", "cand", null);
    static final int SAMPLES = 8;

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String METRIC = "exact_match";
    private static final String FILTER = "none";

    final List<RunPlan> plans = new ArrayList<>();
    final List<Sample> samples = new ArrayList<>();
    final List<SampleResult> results = new ArrayList<>();
    final List<RunState> states = new ArrayList<>();
    final List<Metric> metrics = new ArrayList<>();

    /// The baseline is right on every fourth document, the candidate on every second; the candidate's last sample
    /// failed, and the model was to blame.
    Fiction() {
        for (String run : List.of(BASELINE, CANDIDATE)) {
            plans.add(plan(run));
            for (int position = 0; position < SAMPLES; position++) {
                samples.add(sample(run, position));
                results.add(result(run, position, position % (run.equals(BASELINE) ? 4 : 2) == 0));
            }
        }
        SampleResult last = results.getLast();
        last.setStatus(SampleStatus.FAILED);
        last.setFailure(new Failure(FailureKind.MODEL, "too long", "context_length"));
        last.setScores(List.of());
        states.add(state(BASELINE, StateKind.RUN, RunStatus.RUNNING, 5, 0));
        states.add(state(BASELINE, StateKind.RUN, RunStatus.COMPLETED, 8, 0));
        states.add(state(CANDIDATE, StateKind.RUN, RunStatus.COMPLETED, 7, 1));
        RunState request = state("r", StateKind.REQUEST, RunStatus.COMPLETED, 15, 1);
        request.setExpected(2 * SAMPLES);
        states.add(request);
        metrics.add(metric(BASELINE, 2.0 / 8, Math.sqrt(1.5 / 56), 0));
        Metric candidate = metric(CANDIDATE, 4.0 / 8, Math.sqrt(2.0 / 56), 1);
        candidate.setPaired(PairedMetric.newBuilder()
                .setBaselineRunId(BASELINE)
                .setPairs(8)
                .setDifference(0.25)
                .setGains(2)
                .setLosses(0)
                .build());
        metrics.add(candidate);
    }

    CheckReport judged() {
        return OfflineCheck.of(new History(
                at(plans, RunPlan::getRunId),
                at(samples, Sample::getDocumentId),
                at(results, SampleResult::getDocumentId),
                at(states, RunState::getId),
                at(metrics, Metric::getRunId),
                List.of(),
                0,
                0));
    }

    Metric metricOf(String run) {
        return metrics.stream()
                .filter(metric -> metric.getRunId().equals(run))
                .findFirst()
                .orElseThrow();
    }

    RunState endOf(String id) {
        return states.stream()
                .filter(state -> state.getId().equals(id))
                .reduce((_, later) -> later)
                .orElseThrow();
    }

    private static <V> List<At<V>> at(List<V> values, java.util.function.Function<V, String> key) {
        List<At<V>> records = new ArrayList<>();
        for (V value : values) {
            records.add(new At<>(key.apply(value), value, 0, records.size(), NOW));
        }
        return records;
    }

    private static RunPlan plan(String run) {
        boolean isBaseline = run.equals(BASELINE);
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId("r")
                .setRunId(run)
                .setRequestRuns(List.of(BASELINE, CANDIDATE))
                .setExpectedSamples(SAMPLES)
                .setMetrics(List.of(MetricPlan.newBuilder()
                        .setMetric(METRIC)
                        .setFilter(FILTER)
                        .setFailureValue(0.0)
                        .build()))
                .setBaseline(
                        isBaseline
                                ? null
                                : BaselinePlan.newBuilder()
                                        .setRunId(BASELINE)
                                        .setPairs(SAMPLES)
                                        .build())
                .setPlannedAt(NOW)
                .build();
    }

    private static Sample sample(String run, int position) {
        return Sample.newBuilder()
                .setRunId(run)
                .setRequestId("r")
                .setTask("task")
                .setModel("m")
                .setDocumentId("doc-" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("r/task")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setPrompt("p")
                .setTargets(List.of("right"))
                .setGeneration(GenerationParams.newBuilder().build())
                .setCreatedAt(NOW)
                .build();
    }

    private static SampleResult result(String run, int position, boolean right) {
        return SampleResult.newBuilder()
                .setRunId(run)
                .setRequestId("r")
                .setTask("task")
                .setModel("m")
                .setDocumentId("doc-" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("r/task")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setOutputs(List.of(
                        Output.newBuilder().setText(right ? "right" : "wrong").build()))
                .setScores(List.of(Score.newBuilder()
                        .setMetric(METRIC)
                        .setFilter(FILTER)
                        .setValue(right ? 1 : 0)
                        .build()))
                .setPromptTokens(10)
                .setOutputTokens(3)
                .setCompletedAt(NOW)
                .build();
    }

    private static RunState state(String id, StateKind kind, RunStatus status, long scored, long failedModel) {
        return RunState.newBuilder()
                .setId(id)
                .setKind(kind)
                .setRequestId("r")
                .setStatus(status)
                .setExpected(SAMPLES)
                .setScored(scored)
                .setFailedModel(failedModel)
                .setUsage(Usage.newBuilder().build())
                .setLabels(Map.of())
                .setUpdatedAt(NOW)
                .build();
    }

    private static Metric metric(String run, double value, double standardError, long failedModel) {
        return Metric.newBuilder()
                .setRunId(run)
                .setRequestId("r")
                .setTask("task")
                .setModel("m")
                .setMetric(METRIC)
                .setFilter(FILTER)
                .setExpected(SAMPLES)
                .setN(SAMPLES)
                .setFailedModel(failedModel)
                .setValue(value)
                .setStandardError(standardError)
                .setUsage(Usage.newBuilder()
                        .setPromptTokens(10L * SAMPLES)
                        .setOutputTokens(3L * SAMPLES)
                        .build())
                .setCompleted(true)
                .setUpdatedAt(NOW)
                .build();
    }
}
