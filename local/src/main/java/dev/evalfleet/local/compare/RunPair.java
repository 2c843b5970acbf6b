package dev.evalfleet.local.compare;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Two runs over the same documents, paired by document. A sample the model failed on counts as its worst score, as in
/// the running metrics; one the machinery failed on is left out.
final class RunPair {

    private final FleetClient client;
    private final RunState baseline;
    private final RunState candidate;
    private final List<MetricPlan> metrics;

    /// A metric over a slice; the slice of the whole run is empty.
    record Row(MetricPlan metric, String slice, Pairs.Figures figures) {}

    /// A document on which the runs differ.
    record Flip(String documentId, boolean isGain) {}

    /// @param unpaired documents that only one of the runs has a score of
    record Compared(List<Row> rows, List<Flip> flips, long pairs, long unpaired) {}

    /// @param plan of either run: it says which metrics are means
    RunPair(FleetClient client, RunState baseline, RunState candidate, RunPlan plan) {
        this.client = client;
        this.baseline = baseline;
        this.candidate = candidate;
        this.metrics = plan.getMetrics().stream()
                .filter(metric -> metric.getAggregation().equals("mean"))
                .toList();
        if (!baseline.getDatasetFingerprint().equals(candidate.getDatasetFingerprint())) {
            throw CommandException.failed(baseline.getId() + " and " + candidate.getId()
                    + " were run on different datasets (" + brief(baseline) + ", " + brief(candidate)
                    + "), so their samples cannot be paired. Compare runs of one task with one limit.");
        }
    }

    private static String brief(RunState state) {
        String fingerprint = state.getDatasetFingerprint();
        return fingerprint.substring(0, Math.min(12, fingerprint.length())) + ", " + state.getExpected() + " samples";
    }

    /// @param flipsOf the metric whose flips are listed; null: the first
    Compared compare(@Nullable String flipsOf) {
        MetricPlan flipping = flipping(flipsOf);
        Map<String, double[]> known = new HashMap<>();
        client.results().read(List.of(baseline), result -> {
            double[] scores = scores(result);
            if (scores != null) {
                known.put(result.getDocumentId(), scores);
            }
        });
        Map<String, Pairs[]> slices = new TreeMap<>();
        BitSet paired = new BitSet();
        List<Flip> flips = new ArrayList<>();
        long[] counts = {0, 0};
        client.results().read(List.of(candidate), result -> {
            double[] scores = scores(result);
            double[] others = known.get(result.getDocumentId());
            if (scores == null || others == null) {
                counts[1] += scores == null ? 0 : 1;
                return;
            }
            counts[0]++;
            paired.set((int) Math.min(result.getPosition(), Integer.MAX_VALUE - 1));
            add(slices, "", result, others, scores);
            result.getSlices().forEach(slice -> add(slices, slice, result, others, scores));
            int at = metrics.indexOf(flipping);
            if (at >= 0 && differ(others[at], scores[at])) {
                flips.add(new Flip(
                        result.getDocumentId(), Pairs.isGain(others[at], scores[at], flipping.getHigherIsBetter())));
            }
        });
        return new Compared(
                rows(slices, paired.nextClearBit(0)), flips, counts[0], counts[1] + known.size() - counts[0]);
    }

    private MetricPlan flipping(@Nullable String name) {
        if (metrics.isEmpty()) {
            throw CommandException.failed(
                    baseline.getId() + " has no metric that is a mean of samples' scores: there is nothing to pair.");
        }
        if (name == null) {
            return metrics.getFirst();
        }
        return metrics.stream()
                .filter(metric ->
                        name.equals(metric.getMetric()) || name.equals(metric.getMetric() + "," + metric.getFilter()))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private CommandException unknown(String metric) {
        List<String> known = metrics.stream().map(MetricPlan::getMetric).toList();
        return CommandException.usage("--metric: the runs have no metric \"" + metric + "\"; there are " + known);
    }

    private static boolean differ(double one, double other) {
        return !Double.isNaN(one) && !Double.isNaN(other) && one != other;
    }

    private void add(
            Map<String, Pairs[]> slices, String slice, SampleResult result, double[] ofBaseline, double[] ofCandidate) {
        Pairs[] pairs = slices.computeIfAbsent(slice, _ -> metrics.stream()
                .map(metric -> new Pairs(metric, isWhole()))
                .toArray(Pairs[]::new));
        for (int i = 0; i < pairs.length; i++) {
            if (!Double.isNaN(ofBaseline[i]) && !Double.isNaN(ofCandidate[i])) {
                pairs[i].add(result.getPosition(), result.getClusterId(), ofBaseline[i], ofCandidate[i]);
            }
        }
    }

    /// Whether neither run was stopped early for what was seen of it.
    private boolean isWhole() {
        return baseline.getStatus() != RunStatus.STOPPED_EARLY && candidate.getStatus() != RunStatus.STOPPED_EARLY;
    }

    private List<Row> rows(Map<String, Pairs[]> slices, long prefix) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            int at = i;
            slices.forEach((slice, pairs) -> rows.add(new Row(metrics.get(at), slice, pairs[at].figures(prefix))));
        }
        return rows;
    }

    /// A score for each metric, NaN where there is none; null when the sample says nothing of the model.
    private double @Nullable [] scores(SampleResult result) {
        boolean isScored = result.getStatus() == SampleStatus.SCORED;
        if (!isScored && (result.getFailure() == null || result.getFailure().getKind() != FailureKind.MODEL)) {
            return null;
        }
        double[] scores = new double[metrics.size()];
        for (int i = 0; i < scores.length; i++) {
            MetricPlan metric = metrics.get(i);
            Double worst = metric.getFailureValue();
            scores[i] = isScored ? score(result, metric) : worst == null ? Double.NaN : worst;
        }
        return scores;
    }

    private static double score(SampleResult result, MetricPlan metric) {
        for (Score score : result.getScores()) {
            if (score.getMetric().equals(metric.getMetric())
                    && score.getFilter().equals(metric.getFilter())) {
                return score.getValue();
            }
        }
        return Double.NaN;
    }
}
