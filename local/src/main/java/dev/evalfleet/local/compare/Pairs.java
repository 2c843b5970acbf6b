package dev.evalfleet.local.compare;

import dev.evalfleet.aggregator.stats.McNemar;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.sequential.MixEb;
import dev.evalfleet.schemas.avro.MetricPlan;
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
    private final Map<Long, Double> first = new TreeMap<>();
    private Moments baseline = Moments.NONE;
    private Moments candidate = Moments.NONE;
    private Moments difference = Moments.NONE;
    private long gains;
    private long losses;
    private boolean isBinary = true;

    Pairs(MetricPlan metric) {
        Double lower = metric.getLower();
        Double upper = metric.getUpper();
        this.higherIsBetter = metric.getHigherIsBetter();
        this.range = lower == null || upper == null ? null : Double.valueOf(upper - lower);
    }

    /// @param position in the seeded order
    void add(long position, double ofBaseline, double ofCandidate) {
        if (first.size() < FEW) {
            first.put(position, ofCandidate - ofBaseline);
        }
        baseline = baseline.plus(ofBaseline);
        candidate = candidate.plus(ofCandidate);
        difference = difference.plus(ofCandidate - ofBaseline);
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
    /// @param standardError null where the run was stopped early: a fixed number of samples is what it is made for
    /// @param lower end of the 95 % interval of the difference: by the central limit theorem, or below 20 pairs the
    ///     one that is valid at every moment; null as the standard error, or where the metric has no bounds
    /// @param mcnemarP exact and two-sided; null where scores are not 0 or 1
    /// @param gains pairs on which the candidate is better
    record Figures(
            long pairs,
            @Nullable Double baseline,
            @Nullable Double candidate,
            @Nullable Double difference,
            @Nullable Double standardError,
            @Nullable Double lower,
            @Nullable Double upper,
            @Nullable Double mcnemarP,
            long gains,
            long losses) {}

    /// @param isWhole whether nobody stopped a run for what was seen of it
    Figures figures(boolean isWhole) {
        Double mean = difference.mean();
        Double error = isWhole ? difference.standardError() : null;
        Ends ends = isWhole ? ends(mean, error) : Ends.NONE;
        return new Figures(
                difference.n(),
                baseline.mean(),
                candidate.mean(),
                mean,
                error,
                ends.lower,
                ends.upper,
                isWhole && isBinary && difference.n() > 0 ? Double.valueOf(new McNemar(gains, losses).exactP()) : null,
                gains,
                losses);
    }

    private record Ends(@Nullable Double lower, @Nullable Double upper) {
        private static final Ends NONE = new Ends(null, null);
    }

    private Ends ends(@Nullable Double mean, @Nullable Double error) {
        if (difference.n() >= FEW && mean != null && error != null) {
            return new Ends(mean - Z * error, mean + Z * error);
        }
        if (difference.n() == 0 || difference.n() >= FEW || range == null) {
            return Ends.NONE;
        }
        MixEb interval = MixEb.population(ALPHA, -range, range);
        first.values().forEach(interval::add);
        return new Ends(interval.lower(), interval.upper());
    }

    private static boolean isBit(double score) {
        return score == 0 || score == 1;
    }
}
