package dev.evalfleet.aggregator.stats;

/// McNemar's test (1947) on the pairs that differ: of `gains + losses` flips, could so uneven a split be a fair
/// coin's?
public record McNemar(long gains, long losses) {

    public McNemar {
        if (gains < 0 || losses < 0) {
            throw new IllegalArgumentException("flips must not be negative: gains " + gains + ", losses " + losses);
        }
    }

    /// Two-sided exact p-value, min(1, 2·P(Bin(n,½) ≤ min)); 1 without flips.
    public double exactP() {
        return Math.min(1, 2 * atMost(fewer()));
    }

    /// The mid-p version, less conservative: half of the observed split's own probability is left out.
    public double midP() {
        return flips() == 0 ? 1 : Math.min(1, 2 * atMost(fewer()) - probability(flips(), fewer()));
    }

    private long flips() {
        return gains + losses;
    }

    private long fewer() {
        return Math.min(gains, losses);
    }

    private double atMost(long k) {
        long n = flips();
        double term = probability(n, k);
        double sum = term;
        for (long i = k; i > 0 && term > sum * 1e-18; i--) {
            term *= (double) i / (n - i + 1);
            sum += term;
        }
        return sum;
    }

    /// P(Bin(n,½) = k) by the saddle-point expansion (Loader 2000), accurate to about 1e-14 for any n.
    private static double probability(long n, long k) {
        if (k == 0 || k == n) {
            return Math.pow(0.5, (double) n);
        }
        double half = n / 2.0;
        double exponent =
                stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, half) - deviance(n - k, half);
        return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
    }

    /// ln n! − ln(Stirling's approximation of n!).
    private static double stirlingError(long n) {
        if (n <= 15) {
            double factorial = 1;
            for (int i = 2; i <= n; i++) {
                factorial *= i;
            }
            return Math.log(factorial) - (n + 0.5) * Math.log((double) n) + n - Math.log(2 * Math.PI) / 2;
        }
        double square = (double) n * n;
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square)
                / n;
    }

    /// x·ln(x/mean) + mean − x, without cancellation where both are close.
    private static double deviance(long x, double mean) {
        double difference = x - mean;
        if (Math.abs(difference) >= 0.1 * (x + mean)) {
            return x * Math.log(x / mean) - difference;
        }
        double ratio = difference / (x + mean);
        double sum = difference * ratio;
        double term = 2 * x * ratio;
        for (int odd = 3; odd < 1000; odd += 2) {
            term *= ratio * ratio;
            double next = sum + term / odd;
            if (next == sum) {
                break;
            }
            sum = next;
        }
        return sum;
    }
}
