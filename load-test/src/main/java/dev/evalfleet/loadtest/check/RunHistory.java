package dev.evalfleet.loadtest.check;

import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the topics say of one run.
///
/// @param samples as they were sent, repeats included
/// @param results as they came, repeats included
/// @param first the first result of each document, by document
/// @param states every published state, in order
/// @param metrics the last published one by slice and metric
/// @param lost positions that were given up
record RunHistory(
        RunPlan plan,
        List<Sample> samples,
        List<SampleResult> results,
        Map<String, SampleResult> first,
        List<RunState> states,
        Map<String, Metric> metrics,
        Set<Long> lost) {

    static RunHistory of(RunPlan plan, History history) {
        String runId = plan.getRunId();
        List<SampleResult> results = history.results().stream()
                .map(At::value)
                .filter(result -> result.getRunId().equals(runId))
                .toList();
        Map<String, SampleResult> first = new LinkedHashMap<>();
        results.forEach(result -> first.putIfAbsent(result.getDocumentId(), result));
        Map<String, Metric> metrics = new TreeMap<>();
        for (At<Metric> metric : history.metrics()) {
            if (metric.value().getRunId().equals(runId)) {
                metrics.put(key(metric.value()), metric.value());
            }
        }
        Set<Long> lost = new HashSet<>();
        history.cursors().stream()
                .map(At::value)
                .filter(cursor -> cursor.getRunId().equals(runId))
                .forEach(cursor -> lost.addAll(cursor.getLost()));
        return new RunHistory(
                plan,
                history.samples().stream()
                        .map(At::value)
                        .filter(sample -> sample.getRunId().equals(runId))
                        .toList(),
                results,
                first,
                history.states().stream()
                        .map(At::value)
                        .filter(state -> state.getId().equals(runId))
                        .toList(),
                metrics,
                lost);
    }

    static String key(Metric metric) {
        return metric.getSlice() + "|" + metric.getMetric() + "," + metric.getFilter();
    }

    static boolean isTerminal(RunStatus status) {
        return status != RunStatus.PLANNED && status != RunStatus.RUNNING;
    }

    /// The last state, if the run has ended.
    Optional<RunState> end() {
        return states.isEmpty() || !isTerminal(states.getLast().getStatus())
                ? Optional.empty()
                : Optional.of(states.getLast());
    }

    /// Whether it went on to its last sample.
    boolean isComplete() {
        return end().map(RunState::getStatus)
                .filter(status -> status == RunStatus.COMPLETED || status == RunStatus.INCOMPLETE)
                .isPresent();
    }

    /// Positions that were given up and answered after all: whether the answer or the giving up came first, the topics
    /// do not say.
    long undecided() {
        return first.values().stream()
                .filter(result -> lost.contains(result.getPosition()))
                .count();
    }

    /// Positions that were given up and never answered.
    long givenUp() {
        return lost.size() - undecided();
    }

    long repeats() {
        return (long) results.size() - first.size();
    }

    long resent() {
        return samples.size()
                - samples.stream().mapToLong(Sample::getPosition).distinct().count();
    }

    long failed() {
        return first.values().stream()
                .filter(result -> result.getStatus() == SampleStatus.FAILED)
                .count();
    }

    /// What was sent, by position; of repeats the first.
    Map<Long, Sample> sent() {
        Map<Long, Sample> sent = new HashMap<>();
        samples.forEach(sample -> sent.putIfAbsent(sample.getPosition(), sample));
        return sent;
    }
}
