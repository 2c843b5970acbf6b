package dev.evalfleet.aggregator.stats.sequential;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/// A betting e-process against the hypothesis that the mean of bounded values is at most `m`.
///
/// Starts at 1; under the hypothesis it is a non-negative supermartingale, so it ever reaches 1/alpha with probability
/// at most alpha, however often one looks (Ville 1939). The bet is a uniform mixture over eight fixed fractions of the
/// wealth (Robbins 1970; Cover 1991; Waudby-Smith and Ramdas 2024); without replacement the hypothesised mean
/// moves with what was already drawn (Waudby-Smith and Ramdas 2020). Only `+ - * /` in a fixed order, so every
/// JVM computes the same bits.
///
/// * *population* (with replacement, no N): a statement about questions like these.
/// * *dataset* (without replacement, N known): a statement about what the whole dataset would report.
public final class EProc {

    private static final double[] FRACTIONS = {0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.65, 0.9};

    /// Far above any 1/alpha; keeps wealth finite.
    private static final double WEALTH_CAP = 1e280;

    private static final double TOLERANCE = 1e-9;

    static final long UNKNOWN = -1;

    private final double m;
    private final long size;
    private final double lo;
    private final double hi;
    private final double[] wealth;
    private long n;
    private double sum;
    private double maxE = 1;
    private boolean contradiction;

    private EProc(double m, long size, double lo, double hi, double[] wealth) {
        if (!(lo <= m && m <= hi)) {
            throw new IllegalArgumentException(
                    "the hypothesised mean must be in [%s, %s], was %s".formatted(lo, hi, m));
        }
        this.m = m;
        this.size = size;
        this.lo = lo;
        this.hi = hi;
        this.wealth = wealth;
    }

    /// Against mean <= `m` for the population the values in [lo, hi] are drawn from.
    public static EProc population(double m, double lo, double hi) {
        return new EProc(m, UNKNOWN, lo, hi, ones());
    }

    /// Against mean <= `m` over exactly `size` values in [lo, hi], drawn in random order without replacement.
    public static EProc dataset(double m, long size, double lo, double hi) {
        if (size < 0) {
            throw new IllegalArgumentException("the number of values must not be negative, was " + size);
        }
        return new EProc(m, size, lo, hi, ones());
    }

    private static double[] ones() {
        var ones = new double[FRACTIONS.length];
        java.util.Arrays.fill(ones, 1.0);
        return ones;
    }

    /// Folds the next value in order and returns the e-value after it.
    ///
    /// @throws IllegalArgumentException when the value is NaN or outside [lo, hi], or all N were seen already
    public double add(double x) {
        if (!(lo <= x && x <= hi)) {
            throw new IllegalArgumentException("value must be in [%s, %s], was %s".formatted(lo, hi, x));
        }
        if (size != UNKNOWN && n >= size) {
            throw new IllegalArgumentException("all %d values were folded already".formatted(size));
        }
        double mi = size == UNKNOWN ? m : ((double) size * m - sum) / (double) (size - n);
        double gap = mi - lo;
        if (gap > TOLERANCE) {
            double r = (x - mi) / gap;
            for (int j = 0; j < wealth.length; j++) {
                double w = wealth[j] * (1.0 + FRACTIONS[j] * r);
                wealth[j] = w > WEALTH_CAP ? WEALTH_CAP : w;
            }
        }
        sum = sum + x;
        n++;
        if (size != UNKNOWN && (double) size * m - sum < lo * (double) (size - n) - TOLERANCE) {
            contradiction = true;
        }
        double e = e();
        maxE = Math.max(maxE, e);
        return e;
    }

    /// The e-value now; infinite once the hypothesis became arithmetically impossible.
    public double e() {
        if (contradiction) {
            return Double.POSITIVE_INFINITY;
        }
        double total = wealth[0];
        for (int j = 1; j < wealth.length; j++) {
            total = total + wealth[j];
        }
        return total / wealth.length;
    }

    /// The largest e-value so far, at least 1.
    public double maxE() {
        return maxE;
    }

    /// An anytime-valid p-value: min(1, 1 / [#maxE]).
    public double p() {
        return Math.min(1.0, 1.0 / maxE);
    }

    /// Values folded so far.
    public long n() {
        return n;
    }

    /// Their sum.
    public double sum() {
        return sum;
    }

    /// The hypothesised mean.
    public double m() {
        return m;
    }

    /// Whether the hypothesis can no longer be true, whatever the remaining values are.
    public boolean contradiction() {
        return contradiction;
    }

    /// The wealth of each betting fraction.
    public double[] wealth() {
        return wealth.clone();
    }

    /// An independent copy, for looking past a hole without keeping what was seen.
    public EProc copy() {
        var copy = new EProc(m, size, lo, hi, wealth.clone());
        copy.n = n;
        copy.sum = sum;
        copy.maxE = maxE;
        copy.contradiction = contradiction;
        return copy;
    }

    /// Writes the state; the same values give the same bytes.
    public void writeTo(DataOutput out) throws IOException {
        out.writeDouble(m);
        out.writeLong(size);
        out.writeDouble(lo);
        out.writeDouble(hi);
        out.writeLong(n);
        out.writeDouble(sum);
        for (double w : wealth) {
            out.writeDouble(w);
        }
        out.writeDouble(maxE);
        out.writeBoolean(contradiction);
    }

    /// Reads what [#writeTo] wrote.
    public static EProc readFrom(DataInput in) throws IOException {
        var read = new EProc(in.readDouble(), in.readLong(), in.readDouble(), in.readDouble(), ones());
        read.n = in.readLong();
        read.sum = in.readDouble();
        for (int j = 0; j < read.wealth.length; j++) {
            read.wealth[j] = in.readDouble();
        }
        read.maxE = in.readDouble();
        read.contradiction = in.readBoolean();
        return read;
    }
}
