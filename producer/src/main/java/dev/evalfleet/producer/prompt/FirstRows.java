package dev.evalfleet.producer.prompt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The row in which a text was first seen, in 12 to 48 bytes per text: a text is known by 64 bits of its SHA-256, so
/// that among a million two different ones are taken for the same with a chance of 3 in a hundred million.
final class FirstRows {
    private final MessageDigest sha256 = sha256();
    private long[] hashes = new long[1024];
    private int[] rows = new int[1024]; // row + 1; 0 is free
    private int size;

    /// @return the row in which the text was seen first; this row when it is new
    int firstRowOf(String text, int row) {
        long hash = ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
        if (2 * size >= rows.length) {
            grow();
        }
        int slot = slot(hash);
        if (rows[slot] != 0) {
            return rows[slot] - 1;
        }
        put(slot, hash, row + 1);
        size++;
        return row;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldRows = rows;
        hashes = new long[2 * oldRows.length];
        rows = new int[2 * oldRows.length];
        for (int old = 0; old < oldRows.length; old++) {
            if (oldRows[old] != 0) {
                put(slot(oldHashes[old]), oldHashes[old], oldRows[old]);
            }
        }
    }

    private void put(int slot, long hash, int rowAndOne) {
        hashes[slot] = hash;
        rows[slot] = rowAndOne;
    }

    // The slot of an equal hash, or the free one where it belongs.
    private int slot(long hash) {
        int slot = (int) (hash >>> 32) & (rows.length - 1);
        while (rows[slot] != 0 && hashes[slot] != hash) {
            slot = (slot + 1) & (rows.length - 1);
        }
        return slot;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
