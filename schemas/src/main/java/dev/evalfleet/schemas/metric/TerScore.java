package dev.evalfleet.schemas.metric;

/// Translation edit rate from its statistics, in percent.
public final class TerScore {
    private TerScore() {}

    /// Of a corpus or of one sentence.
    public static double of(double edits, double referenceLength) {
        if (referenceLength > 0) {
            return 100 * (edits / referenceLength);
        }
        return edits > 0 ? 100 : 0;
    }
}
