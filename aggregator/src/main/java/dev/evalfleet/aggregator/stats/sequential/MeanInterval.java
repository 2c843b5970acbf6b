package dev.evalfleet.aggregator.stats.sequential;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// The displayed interval of a mean over a dataset, valid at every moment, with unresolved positions allowed for.
///
/// Two confidence sequences, one with every unresolved value at its worst and one at its best, bracket the mean
/// whatever the unresolved values are, provided that which samples fail does not depend on the order. While nothing is
/// unresolved they are one and the same.
public final class MeanInterval {

    private static final byte FORMAT_VERSION = 1;

    private final MixEb pessimistic;
    private @Nullable MixEb optimistic;

    private MeanInterval(MixEb pessimistic, @Nullable MixEb optimistic) {
        this.pessimistic = pessimistic;
        this.optimistic = optimistic;
    }

    /// For exactly `size` values in [lo, hi] at confidence 1 - alpha.
    public static MeanInterval dataset(double alpha, long size, double lo, double hi) {
        return new MeanInterval(MixEb.dataset(alpha, size, lo, hi), null);
    }

    /// Folds the next position with its best and its worst thinkable value; they differ when it is unresolved.
    public void fold(double best, double worst) {
        if (optimistic == null && best != worst) {
            optimistic = pessimistic.copy();
        }
        pessimistic.add(worst);
        if (optimistic != null) {
            optimistic.add(best);
        }
    }

    /// Positions folded so far.
    public long n() {
        return pessimistic.n();
    }

    /// Lower end.
    public double lower() {
        return pessimistic.lower();
    }

    /// Upper end.
    public double upper() {
        return optimistic == null ? pessimistic.upper() : optimistic.upper();
    }

    /// The state, first byte its format version; the same samples give the same bytes.
    public byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT_VERSION);
            pessimistic.writeTo(out);
            out.writeBoolean(optimistic != null);
            if (optimistic != null) {
                optimistic.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Reads what [#toBytes] wrote.
    ///
    /// @throws IllegalArgumentException when the format version is another one
    public static MeanInterval fromBytes(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != FORMAT_VERSION) {
                throw new IllegalArgumentException(
                        "interval state of format %d cannot be read, expected %d".formatted(version, FORMAT_VERSION));
            }
            MixEb pessimistic = MixEb.readFrom(in);
            return new MeanInterval(pessimistic, in.readBoolean() ? MixEb.readFrom(in) : null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
