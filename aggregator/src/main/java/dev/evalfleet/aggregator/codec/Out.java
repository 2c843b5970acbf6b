package dev.evalfleet.aggregator.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Writes fields one after the other; [In] reads them back in the same order.
public final class Out {
    private byte[] bytes = new byte[128];
    private int size;

    /// A whole number, small ones in one byte.
    public Out whole(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        return put((byte) rest);
    }

    /// A double, bit for bit.
    public Out real(double value) {
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            put((byte) (bits >>> shift));
        }
        return this;
    }

    public Out flag(boolean value) {
        return put((byte) (value ? 1 : 0));
    }

    public Out text(String value) {
        return blob(value.getBytes(StandardCharsets.UTF_8));
    }

    public Out optionalText(@Nullable String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    public Out blob(byte[] value) {
        whole(value.length);
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    public <T> Out list(List<T> values, BiConsumer<Out, T> element) {
        whole(values.size());
        values.forEach(value -> element.accept(this, value));
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private Out put(byte value) {
        reserve(1);
        bytes[size++] = value;
        return this;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
