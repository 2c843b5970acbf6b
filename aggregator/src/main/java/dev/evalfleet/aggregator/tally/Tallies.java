package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.outcome.ScoreValue;
import dev.evalfleet.aggregator.outcome.Spent;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The accumulators of the runs: by slice, and by metric and slice. They take every outcome as it comes.
public final class Tallies {
    private final KeyValueStore<String, SliceTally> slices;
    private final KeyValueStore<String, MetricTally> metrics;
    private final KeyValueStore<String, ClusterTally> clusters;

    public Tallies(
            KeyValueStore<String, SliceTally> slices,
            KeyValueStore<String, MetricTally> metrics,
            KeyValueStore<String, ClusterTally> clusters) {
        this.slices = slices;
        this.metrics = metrics;
        this.clusters = clusters;
    }

    public SliceTally slice(String runId, String slice) {
        SliceTally tally = slices.get(RowKey.of(runId, slice));
        return tally == null ? SliceTally.NONE : tally;
    }

    public MetricTally metric(String runId, MetricPlan metric, String slice) {
        MetricTally tally = metrics.get(key(runId, metric, slice));
        return tally == null ? MetricTally.NONE : tally;
    }

    /// The slices of a run that have samples.
    public List<String> slices(String runId) {
        List<String> found = new ArrayList<>();
        try (KeyValueIterator<String, SliceTally> rows =
                slices.prefixScan(RowKey.prefix(runId), new StringSerializer())) {
            rows.forEachRemaining(row -> found.add(RowKey.rest(row.key)));
        }
        return found;
    }

    public void add(RunPlan plan, Sample sample, Answer answer, Spent spent) {
        String runId = plan.getRunId();
        List<String> in = PlanFacts.slices(plan, sample.slices());
        for (String slice : in) {
            slices.put(RowKey.of(runId, slice), slice(runId, slice).plus(answer, spent));
        }
        for (MetricPlan metric : plan.getMetrics()) {
            Double value = answer.valueFor(metric);
            if (value == null) {
                continue;
            }
            List<Double> statistics =
                    answer.scoreOf(metric).map(ScoreValue::statistics).orElse(List.of());
            ClusterTally cluster = cluster(runId, metric, sample);
            for (String slice : in) {
                MetricTally before = metric(runId, metric, slice);
                metrics.put(
                        key(runId, metric, slice),
                        before.plus(value, statistics, slice.equals(PlanFacts.WHOLE) ? cluster : null));
            }
            if (cluster != null) {
                clusters.put(key(runId, metric, String.valueOf(sample.clusterId())), cluster.plusScore(value));
            }
        }
    }

    /// Null for a sample that is in none.
    private @Nullable ClusterTally cluster(String runId, MetricPlan metric, Sample sample) {
        if (sample.clusterId() == null) {
            return null;
        }
        ClusterTally known = clusters.get(key(runId, metric, sample.clusterId()));
        return known == null ? ClusterTally.NONE : known;
    }

    /// A sample that was given up: which slices it was of, nobody knows.
    public void addLost(RunPlan plan, Answer lost) {
        String key = RowKey.of(plan.getRunId(), PlanFacts.WHOLE);
        slices.put(key, slice(plan.getRunId(), PlanFacts.WHOLE).plus(lost, Spent.NOTHING));
    }

    public void addPair(RunPlan plan, Sample candidate, Answer baseline) {
        String runId = plan.getRunId();
        List<String> in = PlanFacts.slices(plan, candidate.slices());
        for (MetricPlan metric : plan.getMetrics()) {
            Double candidateScore = candidate.answer().valueFor(metric);
            Double baselineScore = baseline.valueFor(metric);
            if (candidateScore == null || baselineScore == null) {
                continue;
            }
            ClusterTally cluster = cluster(runId, metric, candidate);
            for (String slice : in) {
                MetricTally before = metric(runId, metric, slice);
                metrics.put(
                        key(runId, metric, slice),
                        before.plusPair(candidateScore, baselineScore, slice.equals(PlanFacts.WHOLE) ? cluster : null));
            }
            if (cluster != null) {
                clusters.put(
                        key(runId, metric, String.valueOf(candidate.clusterId())),
                        cluster.plusDifference(candidateScore - baselineScore));
            }
        }
    }

    private static String key(String runId, MetricPlan metric, String slice) {
        return RowKey.of(runId, metric.getMetric() + "," + metric.getFilter(), slice);
    }
}
