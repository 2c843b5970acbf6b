package dev.evalfleet.aggregator.stats;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import org.jspecify.annotations.Nullable;

/// Count, sum and sum of squares of scores. Both sums carry about 32 digits, so neither the order of arrival
/// nor merging shows in the mean, and the variance survives scores that are large against their spread.
public record Moments(long n, DoubleDouble sum, DoubleDouble squares) {
    public static final Moments NONE = new Moments(0, DoubleDouble.ZERO, DoubleDouble.ZERO);

    /// What is smaller than this share of the squares is rounding, not spread.
    private static final double ROUNDING = 0x1p-92;

    public Moments plus(double score) {
        return new Moments(n + 1, sum.plus(score), squares.plus(DoubleDouble.product(score, score)));
    }

    public Moments plus(Moments other) {
        return new Moments(n + other.n, sum.plus(other.sum), squares.plus(other.squares));
    }

    /// The mean; null of nothing.
    public @Nullable Double mean() {
        return n == 0 ? null : sum.value() / n;
    }

    /// Standard error of the mean, sqrt(Σ(x−x̄)² / (n(n−1))) (Miller 2024); null below two.
    public @Nullable Double standardError() {
        if (n < 2) {
            return null;
        }
        DoubleDouble scaled = squares.times(DoubleDouble.of((double) n));
        double spread = scaled.minus(sum.times(sum)).value();
        if (spread <= scaled.value() * ROUNDING) {
            return 0.0;
        }
        return Math.sqrt(spread / n / n / (n - 1));
    }

    public void write(Out out) {
        out.whole(n).real(sum.high()).real(sum.low()).real(squares.high()).real(squares.low());
    }

    public static Moments read(In in) {
        return new Moments(in.whole(), new DoubleDouble(in.real(), in.real()), new DoubleDouble(in.real(), in.real()));
    }
}
