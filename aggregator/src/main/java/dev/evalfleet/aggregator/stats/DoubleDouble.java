package dev.evalfleet.aggregator.stats;

/// A number of about 32 digits: the unevaluated sum of two doubles (Dekker 1971; Knuth's two-sum).
public record DoubleDouble(double high, double low) {
    public static final DoubleDouble ZERO = new DoubleDouble(0, 0);

    public static DoubleDouble of(double value) {
        return new DoubleDouble(value, 0);
    }

    /// The product of two doubles without any rounding.
    public static DoubleDouble product(double a, double b) {
        double high = a * b;
        return new DoubleDouble(high, Math.fma(a, b, -high));
    }

    public DoubleDouble plus(double value) {
        return plus(of(value));
    }

    public DoubleDouble plus(DoubleDouble other) {
        DoubleDouble highs = exactSum(high, other.high);
        DoubleDouble lows = exactSum(low, other.low);
        DoubleDouble sum = normal(highs.high, highs.low + lows.high);
        return normal(sum.high, sum.low + lows.low);
    }

    public DoubleDouble minus(DoubleDouble other) {
        return plus(new DoubleDouble(-other.high, -other.low));
    }

    public DoubleDouble times(DoubleDouble other) {
        DoubleDouble product = product(high, other.high);
        return normal(product.high, product.low + (high * other.low + low * other.high));
    }

    public double value() {
        return high + low;
    }

    private static DoubleDouble exactSum(double a, double b) {
        double sum = a + b;
        double rest = sum - a;
        return new DoubleDouble(sum, (a - (sum - rest)) + (b - rest));
    }

    private static DoubleDouble normal(double high, double low) {
        double sum = high + low;
        return new DoubleDouble(sum, low - (sum - high));
    }
}
