package dev.evalfleet.aggregator.stats.report;

/// The 95 % score interval of a share of successes (Wilson 1927). Ignores clusters.
///
/// @param lower lower end, exactly 0 without a success
/// @param upper upper end, exactly 1 without a failure
public record Wilson(double lower, double upper) {

    private static final double Z = 1.959963984540054;

    /// The interval of `successes` out of `n`; [0, 1] when n is 0.
    public static Wilson of(long successes, long n) {
        if (successes < 0 || successes > n) {
            throw new IllegalArgumentException("successes must be in [0, %d], was %d".formatted(n, successes));
        }
        if (n == 0) {
            return new Wilson(0, 1);
        }
        double p = (double) successes / n;
        double z2 = Z * Z;
        double centre = p + z2 / (2 * n);
        double spread = Z * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
        double scale = 1 + z2 / n;
        return new Wilson(
                successes == 0 ? 0 : (centre - spread) / scale, successes == n ? 1 : (centre + spread) / scale);
    }
}
