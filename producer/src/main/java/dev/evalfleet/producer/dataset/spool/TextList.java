package dev.evalfleet.producer.dataset.spool;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;

/// Many short texts in little memory.
final class TextList extends AbstractList<String> {
    private static final int MOST_BYTES = 1 << 30;

    private byte[] bytes = new byte[1024];
    private int[] ends = new int[64];
    private int size;

    /// Adds a text.
    ///
    /// @return false where there is no room for it
    boolean addText(String text) {
        byte[] added = text.getBytes(StandardCharsets.UTF_8);
        int start = size == 0 ? 0 : ends[size - 1];
        if (start + added.length > MOST_BYTES) {
            return false;
        }
        if (start + added.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(start + added.length, bytes.length * 2));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
        System.arraycopy(added, 0, bytes, start, added.length);
        ends[size++] = start + added.length;
        return true;
    }

    @Override
    public String get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(index + " of " + size);
        }
        int start = index == 0 ? 0 : ends[index - 1];
        return new String(bytes, start, ends[index] - start, StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return size;
    }
}
