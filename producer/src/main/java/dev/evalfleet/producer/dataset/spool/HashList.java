package dev.evalfleet.producer.dataset.spool;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// Hashes of documents as their identities, 20 to 28 bytes each: 24 hex digits; the second of two that are equal has
/// `-2` behind it, the third `-3`.
final class HashList extends AbstractList<String> {
    private long[] heads = new long[1024];
    private int[] tails = new int[1024];
    private int[] table = new int[2048]; // row + 1; 0 is free
    private final Map<Integer, Integer> times = new HashMap<>(); // of repeated rows only
    private final Map<Integer, Integer> repeats = new HashMap<>(); // first row -> how often
    private int size;

    /// Takes the first 12 bytes of a hash.
    ///
    /// @return whether it is new
    boolean addHash(byte[] hash) {
        if (size == heads.length) {
            heads = Arrays.copyOf(heads, size * 2);
            tails = Arrays.copyOf(tails, size * 2);
            table = new int[size * 4];
            for (int row = 0; row < size; row++) {
                if (!times.containsKey(row)) {
                    table[slot(row)] = row + 1;
                }
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        heads[size] = bytes.getLong();
        tails[size] = bytes.getInt();
        int slot = slot(size);
        int first = table[slot] - 1;
        if (first < 0) {
            table[slot] = size + 1;
        } else {
            times.put(size, repeats.merge(first, 2, (known, _) -> known + 1));
        }
        size++;
        return first < 0;
    }

    // The slot of an equal hash, or the free one where it belongs.
    private int slot(int row) {
        int slot = (int) (heads[row] >>> 32) & (table.length - 1);
        while (table[slot] != 0 && (heads[table[slot] - 1] != heads[row] || tails[table[slot] - 1] != tails[row])) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    @Override
    public String get(int row) {
        if (row < 0 || row >= size) {
            throw new IndexOutOfBoundsException(row + " of " + size);
        }
        HexFormat hex = HexFormat.of();
        String text = hex.toHexDigits(heads[row]) + hex.toHexDigits(tails[row]);
        return times.containsKey(row) ? text + "-" + times.get(row) : text;
    }

    @Override
    public int size() {
        return size;
    }
}
