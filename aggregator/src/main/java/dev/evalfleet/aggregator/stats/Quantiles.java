package dev.evalfleet.aggregator.stats;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Quantiles of durations to 1 % of their value, in a histogram that merges and takes a few hundred bytes.
/// Longer than an hour counts as an hour.
public final class Quantiles {
    /// 10 µs: fine enough for a model that answers in a millisecond.
    private static final double UNITS_PER_MS = 100;

    private static final long LONGEST = (long) (TimeUnit.HOURS.toMillis(1) * UNITS_PER_MS);
    private static final int DIGITS = 2;

    private final @Nullable Histogram histogram;

    private Quantiles(@Nullable Histogram histogram) {
        this.histogram = histogram;
    }

    public static Quantiles none() {
        return new Quantiles(null);
    }

    public Quantiles plus(double milliseconds) {
        Histogram sum = copy();
        sum.recordValue(Math.clamp(Math.round(milliseconds * UNITS_PER_MS), 0, LONGEST));
        return new Quantiles(sum);
    }

    public Quantiles plus(Quantiles other) {
        if (other.histogram == null) {
            return this;
        }
        Histogram sum = copy();
        sum.add(other.histogram);
        return new Quantiles(sum);
    }

    public long n() {
        return histogram == null ? 0 : histogram.getTotalCount();
    }

    /// The value below which `percent` of the durations lie, in milliseconds; null of nothing.
    public @Nullable Double percentile(double percent) {
        return n() == 0 || histogram == null ? null : histogram.getValueAtPercentile(percent) / UNITS_PER_MS;
    }

    public void write(Out out) {
        if (histogram == null) {
            out.blob(new byte[0]);
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoByteBuffer(buffer);
        out.blob(Arrays.copyOf(buffer.array(), length));
    }

    public static Quantiles read(In in) {
        byte[] encoded = in.blob();
        if (encoded.length == 0) {
            return none();
        }
        Histogram histogram = Histogram.decodeFromByteBuffer(ByteBuffer.wrap(encoded), 2);
        histogram.setAutoResize(true);
        return new Quantiles(histogram);
    }

    private Histogram copy() {
        return histogram == null ? new Histogram(DIGITS) : histogram.copy();
    }
}
