package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusteredError;
import dev.evalfleet.aggregator.stats.report.Wilson;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.metric.CorpusMetric;
import org.jspecify.annotations.Nullable;

/// Errors, intervals and p-values for a number of samples that was fixed before: they hold of a run that went to its
/// end, and of none that was ended for what was seen of it.
public final class CompletionFigures {
    private CompletionFigures() {}

    /// Adds them to a metric of which nothing but its scores was reported so far.
    ///
    /// @param isCompleted whether every expected sample has its outcome
    public static void addTo(Metric.Builder report, MetricPlan metric, MetricTally tally, boolean isCompleted) {
        boolean isMean = CorpusMetric.named(metric.getAggregation())
                .filter(aggregation -> aggregation == CorpusMetric.MEAN || aggregation == CorpusMetric.BRIER_SCORE)
                .isPresent();
        if (!isMean) {
            return;
        }
        Moments scores = tally.scores();
        report.setStandardError(scores.standardError());
        ClusteredError clustered = tally.clusters().error(scores);
        if (clustered != null) {
            report.setClusteredStandardError(clustered.shown()).setClusters(clustered.clusters());
        }
        if (isCompleted && isOfBits(metric, scores)) {
            Wilson interval = Wilson.of(Math.round(scores.sum().value()), scores.n());
            report.setWilsonLower(interval.lower()).setWilsonUpper(interval.upper());
        }
    }

    /// A comparison without what does not hold of it.
    public static @Nullable PairedMetric without(@Nullable PairedMetric pairs) {
        return pairs == null
                ? null
                : PairedMetric.newBuilder(pairs)
                        .setStandardError(null)
                        .setClusteredStandardError(null)
                        .setMcnemarP(null)
                        .setMcnemarMidP(null)
                        .build();
    }

    // Of values in [0, 1], only 0 and 1 are their own squares.
    private static boolean isOfBits(MetricPlan metric, Moments scores) {
        return Double.valueOf(0).equals(metric.getLower())
                && Double.valueOf(1).equals(metric.getUpper())
                && scores.n() > 0
                && scores.sum().equals(scores.squares());
    }
}
