package dev.evalfleet.aggregator.stats.simulation;

/// Quantiles of the standard normal distribution.
final class NormalQuantile {

    private NormalQuantile() {}

    /// The value below which a standard normal variable lies with probability `p`, by bisection of the distribution
    /// function (Abramowitz and Stegun 1964, 26.2.17, absolute error below 7.5e-8).
    static double of(double p) {
        double low = -10;
        double high = 10;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (cumulative(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private static double cumulative(double x) {
        if (x < 0) {
            return 1 - cumulative(-x);
        }
        double t = 1 / (1 + 0.2316419 * x);
        double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        double tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return 1 - density * tail;
    }
}
