package dev.evalfleet.local.compare;

import dev.evalfleet.aggregator.stats.McNemar;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusterMoments;
import dev.evalfleet.aggregator.stats.report.ClusterMoments.Cluster;
import dev.evalfleet.aggregator.stats.report.ClusteredError;
import dev.evalfleet.aggregator.stats.sequential.MixEb;
import dev.evalfleet.schemas.avro.MetricPlan;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The paired scores of one metric, over all documents or a slice of them.
final class Pairs {

    private static final double Z = 1.959963984540054;
    private static final double ALPHA = 0.05;

    /// Below so many the central limit says nothing.
    private static final int FEW = 20;

    private final boolean higherIsBetter;
    private final @Nullable Double range;
    private final boolean isWhole;
    private final Map<Long, Double> inOrder = new TreeMap<>();
    private final Map<String, Cluster> clusters = new HashMap<>();
    private ClusterMoments clustered = ClusterMoments.NONE;
    private Moments baseline = Moments.NONE;
    private Moments candidate = Moments.NONE;
    private Moments difference = Moments.NONE;
    private long gains;
    private long losses;
    private boolean isBinary = true;

    /// @param isWhole whether nobody stopped a run for what was seen of it
    Pairs(MetricPlan metric, boolean isWhole) {
        this.isWhole = isWhole;
        Double lower = metric.getLower();
        Double upper = metric.getUpper();
        this.higherIsBetter = metric.getHigherIsBetter();
        this.range = lower == null || upper == null ? null : Double.valueOf(upper - lower);
    }

    /// @param position in the seeded order
    /// @param cluster null where the document is in none
    void add(long position, @Nullable String cluster, double ofBaseline, double ofCandidate) {
        double change = ofCandidate - ofBaseline;
        if (!isWhole || inOrder.size() < FEW) {
            inOrder.put(position, change);
        }
        if (cluster != null) {
            Cluster before = clusters.getOrDefault(cluster, Cluster.EMPTY);
            clustered = clustered.plus(before, change);
            clusters.put(cluster, before.plus(change));
        }
        baseline = baseline.plus(ofBaseline);
        candidate = candidate.plus(ofCandidate);
        difference = difference.plus(change);
        isBinary &= isBit(ofBaseline) && isBit(ofCandidate);
        if (ofCandidate != ofBaseline) {
            if (isGain(ofBaseline, ofCandidate, higherIsBetter)) {
                gains++;
            } else {
                losses++;
            }
        }
    }

    static boolean isGain(double ofBaseline, double ofCandidate, boolean higherIsBetter) {
        return ofCandidate > ofBaseline == higherIsBetter;
    }

    /// What is said of the pairs.
    ///
    /// @param standardError of the difference, the pairs of one cluster taken together where there are clusters;
    ///     null where a run was stopped early: a fixed number of samples is what it is made for
    /// @param clusters how many it rests on; 0: documents have none
    /// @param lower end of the 95 % interval of the difference: by the central limit theorem; below 20 pairs, or of
    ///     a stopped run, the one that is valid at every moment; null where the metric has no bounds
    /// @param mcnemarP exact and two-sided; null as the standard error, or where scores are not 0 or 1
    /// @param mcnemarMidP the same, less conservative
    /// @param gains pairs on which the candidate is better
    record Figures(
            long pairs,
            @Nullable Double baseline,
            @Nullable Double candidate,
            @Nullable Double difference,
            @Nullable Double standardError,
            long clusters,
            @Nullable Double lower,
            @Nullable Double upper,
            @Nullable Double mcnemarP,
            @Nullable Double mcnemarMidP,
            long gains,
            long losses) {}

    /// @param prefix so many positions of the seeded order have a pair without a hole
    Figures figures(long prefix) {
        Double mean = difference.mean();
        ClusteredError grouped = clustered.error(difference);
        Double error = !isWhole ? null : grouped == null ? difference.standardError() : grouped.shown();
        Ends ends = isWhole && difference.n() >= FEW ? ends(mean, error) : ends(prefix);
        McNemar test = isWhole && isBinary && difference.n() > 0 ? new McNemar(gains, losses) : null;
        return new Figures(
                difference.n(),
                baseline.mean(),
                candidate.mean(),
                mean,
                error,
                grouped == null ? 0 : grouped.clusters(),
                ends.lower,
                ends.upper,
                test == null ? null : test.exactP(),
                test == null ? null : test.midP(),
                gains,
                losses);
    }

    private record Ends(@Nullable Double lower, @Nullable Double upper) {
        private static final Ends NONE = new Ends(null, null);
    }

    private static Ends ends(@Nullable Double mean, @Nullable Double error) {
        return mean == null || error == null ? Ends.NONE : new Ends(mean - Z * error, mean + Z * error);
    }

    // Slow answers differ from fast ones: what came before a hole was filled does not count.
    private Ends ends(long prefix) {
        if (difference.n() == 0 || range == null) {
            return Ends.NONE;
        }
        MixEb interval = MixEb.population(ALPHA, -range, range);
        inOrder.forEach((position, change) -> {
            if (isWhole || position < prefix) {
                interval.add(change);
            }
        });
        return interval.n() == 0 ? Ends.NONE : new Ends(interval.lower(), interval.upper());
    }

    private static boolean isBit(double score) {
        return score == 0 || score == 1;
    }
}
