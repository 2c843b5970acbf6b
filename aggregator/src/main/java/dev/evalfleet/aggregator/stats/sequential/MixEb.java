package dev.evalfleet.aggregator.stats.sequential;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/// A confidence sequence for the mean of bounded values: an interval that covers the mean at every moment with
/// probability at least 1 - alpha.
///
/// Empirical Bernstein (Fan, Grama and Liu 2015) mixed over ten rates (Howard, Ramdas, McAuliffe and Sekhon 2021), with
/// the running intersection kept. With N known (sampling without replacement) it shrinks to a point as the dataset is
/// used up.
public final class MixEb {

    private static final double[] RATES = {0.02, 0.04, 0.07, 0.11, 0.16, 0.24, 0.34, 0.48, 0.66, 0.85};
    private static final double[] PSI = psi();
    private static final int BISECTIONS = 50;

    private final double alpha;
    private final long size;
    private final double lo;
    private final double hi;
    private long n;
    private double sum;
    private double v;
    private double a;
    private double b;
    private double lower = 0;
    private double upper = 1;

    private MixEb(double alpha, long size, double lo, double hi) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha must be in (0, 1), was " + alpha);
        }
        if (!(lo < hi)) {
            throw new IllegalArgumentException("bounds must be ordered, were [%s, %s]".formatted(lo, hi));
        }
        this.alpha = alpha;
        this.size = size;
        this.lo = lo;
        this.hi = hi;
    }

    /// For the mean of the population the values in [lo, hi] are drawn from.
    public static MixEb population(double alpha, double lo, double hi) {
        return new MixEb(alpha, EProc.UNKNOWN, lo, hi);
    }

    /// For the mean of exactly `size` values in [lo, hi], drawn in random order without replacement.
    public static MixEb dataset(double alpha, long size, double lo, double hi) {
        return new MixEb(alpha, size, lo, hi);
    }

    /// Folds the next value in order.
    ///
    /// @throws IllegalArgumentException when the value is NaN or outside [lo, hi], or all N were seen already
    public void add(double x) {
        if (!(lo <= x && x <= hi)) {
            throw new IllegalArgumentException("value must be in [%s, %s], was %s".formatted(lo, hi, x));
        }
        if (size != EProc.UNKNOWN && n >= size) {
            throw new IllegalArgumentException("all %d values were folded already".formatted(size));
        }
        double y = (x - lo) / (hi - lo);
        long i = n + 1;
        double predicted = (0.5 + sum) / i;
        v += (y - predicted) * (y - predicted);
        if (size == EProc.UNKNOWN) {
            a += y;
            b += 1;
        } else {
            double remaining = size - i + 1;
            a += y + sum / remaining;
            b += size / remaining;
        }
        sum += y;
        n = i;
        narrow();
    }

    private void narrow() {
        double low = lowerBound(a, lower);
        double high = 1 - lowerBound(b - a, 1 - upper);
        if (size != EProc.UNKNOWN) {
            low = Math.max(low, sum / size);
            high = Math.min(high, (sum + size - n) / size);
        }
        lower = Math.max(lower, low);
        upper = Math.min(upper, high);
    }

    /// The largest mean that the evidence excludes everything below of, if that is more than was `known` already: the
    /// mixture falls with the mean, so one look at the known bound tells whether it moved.
    private double lowerBound(double evidence, double known) {
        double threshold = StrictMath.log(2 / alpha);
        if (logMixture(evidence - known * b) < threshold) {
            return known;
        }
        double inside = known;
        double outside = 1;
        for (int k = 0; k < BISECTIONS; k++) {
            double middle = (inside + outside) / 2;
            if (logMixture(evidence - middle * b) >= threshold) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return inside;
    }

    private double logMixture(double excess) {
        var exponents = new double[RATES.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < RATES.length; k++) {
            exponents[k] = RATES[k] * excess - PSI[k] * v;
            largest = Math.max(largest, exponents[k]);
        }
        double total = 0;
        for (double exponent : exponents) {
            total += StrictMath.exp(exponent - largest);
        }
        return largest + StrictMath.log(total / RATES.length);
    }

    private static double[] psi() {
        var psi = new double[RATES.length];
        for (int k = 0; k < RATES.length; k++) {
            psi[k] = -StrictMath.log1p(-RATES[k]) - RATES[k];
        }
        return psi;
    }

    /// Lower end, in [lo, hi].
    public double lower() {
        return lo + (hi - lo) * lower;
    }

    /// Upper end, in [lo, hi].
    public double upper() {
        return lo + (hi - lo) * upper;
    }

    /// Values folded so far.
    public long n() {
        return n;
    }

    /// The accumulators n, S, V, A, B, on the unit scale.
    public double[] accumulators() {
        return new double[] {n, sum, v, a, b};
    }

    MixEb copy() {
        var copy = new MixEb(alpha, size, lo, hi);
        copy.n = n;
        copy.sum = sum;
        copy.v = v;
        copy.a = a;
        copy.b = b;
        copy.lower = lower;
        copy.upper = upper;
        return copy;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(alpha);
        out.writeLong(size);
        out.writeDouble(lo);
        out.writeDouble(hi);
        out.writeLong(n);
        for (double value : new double[] {sum, v, a, b, lower, upper}) {
            out.writeDouble(value);
        }
    }

    static MixEb readFrom(DataInput in) throws IOException {
        var read = new MixEb(in.readDouble(), in.readLong(), in.readDouble(), in.readDouble());
        read.n = in.readLong();
        read.sum = in.readDouble();
        read.v = in.readDouble();
        read.a = in.readDouble();
        read.b = in.readDouble();
        read.lower = in.readDouble();
        read.upper = in.readDouble();
        return read;
    }
}
