package dev.evalfleet.loadtest.check;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Mean and standard error by exact decimal arithmetic: slow, and nothing to do with the code it checks.
record ExactMoments(long n, BigDecimal sum, BigDecimal squares) {
    private static final MathContext DIGITS = new MathContext(50);

    static ExactMoments of(Collection<Double> values) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal squares = BigDecimal.ZERO;
        for (double value : values) {
            BigDecimal exact = new BigDecimal(value);
            sum = sum.add(exact);
            squares = squares.add(exact.multiply(exact));
        }
        return new ExactMoments(values.size(), sum, squares);
    }

    /// Null of nothing.
    @Nullable
    Double mean() {
        return n == 0 ? null : sum.divide(BigDecimal.valueOf(n), DIGITS).doubleValue();
    }

    /// sqrt((sum of squares - n mean²) / (n (n - 1))); null below two.
    @Nullable
    Double standardError() {
        if (n < 2) {
            return null;
        }
        BigDecimal count = BigDecimal.valueOf(n);
        BigDecimal spread = squares.subtract(sum.multiply(sum).divide(count, DIGITS));
        BigDecimal ofMean = spread.divide(count.multiply(BigDecimal.valueOf(n - 1)), DIGITS);
        return ofMean.signum() <= 0 ? 0.0 : ofMean.sqrt(DIGITS).doubleValue();
    }
}
