package dev.evalfleet.local.compare;

import dev.evalfleet.aggregator.stats.McNemar;
import dev.evalfleet.aggregator.stats.Moments;
import org.jspecify.annotations.Nullable;

/// The paired scores of one metric, over all documents or a slice of them.
final class Pairs {

    private static final double Z = 1.959963984540054;

    private final boolean higherIsBetter;
    private Moments baseline = Moments.NONE;
    private Moments candidate = Moments.NONE;
    private Moments difference = Moments.NONE;
    private long gains;
    private long losses;
    private boolean isBinary = true;

    Pairs(boolean higherIsBetter) {
        this.higherIsBetter = higherIsBetter;
    }

    void add(double ofBaseline, double ofCandidate) {
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
    /// @param lower end of the 95 % interval of the difference by the central limit theorem; null below two pairs
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

    Figures figures() {
        Double mean = difference.mean();
        Double error = difference.standardError();
        return new Figures(
                difference.n(),
                baseline.mean(),
                candidate.mean(),
                mean,
                error,
                mean == null || error == null ? null : Double.valueOf(mean - Z * error),
                mean == null || error == null ? null : Double.valueOf(mean + Z * error),
                isBinary && difference.n() > 0 ? Double.valueOf(new McNemar(gains, losses).exactP()) : null,
                gains,
                losses);
    }

    private static boolean isBit(double score) {
        return score == 0 || score == 1;
    }
}
