package dev.evalfleet.aggregator.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads what [Out] wrote. Knows the format version it was written with, so that readers can follow older ones.
public final class In {
    private final byte[] bytes;
    private final int version;
    private int next;

    In(byte[] bytes) {
        this.bytes = bytes;
        this.version = (int) whole();
    }

    public int version() {
        return version;
    }

    public long whole() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte part = bytes[next++];
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new IllegalStateException("a row of the state is damaged: number without an end at byte " + next);
    }

    public double real() {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits = (bits << 8) | (bytes[next++] & 0xFF);
        }
        return Double.longBitsToDouble(bits);
    }

    public boolean flag() {
        return bytes[next++] != 0;
    }

    public String text() {
        return new String(blob(), StandardCharsets.UTF_8);
    }

    public @Nullable String optionalText() {
        return flag() ? text() : null;
    }

    public byte[] blob() {
        int length = (int) whole();
        byte[] blob = Arrays.copyOfRange(bytes, next, next + length);
        next += length;
        return blob;
    }

    public <T> List<T> list(Function<In, T> element) {
        int length = (int) whole();
        List<T> values = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            values.add(element.apply(this));
        }
        return values;
    }
}
