package dev.evalfleet.worker.inference.djl.model;

import java.util.List;

/// Rows of tokens of different lengths as one matrix, padded on the left.
public final class Padded {

    private final long[][] rows;
    private final int[] padding;
    private final int width;

    public Padded(List<long[]> tokens) {
        width = tokens.stream().mapToInt(row -> row.length).max().orElseThrow();
        rows = new long[tokens.size()][width];
        padding = new int[tokens.size()];
        for (int r = 0; r < rows.length; r++) {
            long[] row = tokens.get(r);
            padding[r] = width - row.length;
            System.arraycopy(row, 0, rows[r], padding[r], row.length);
        }
    }

    public long[][] rows() {
        return rows;
    }

    /// Columns of padding before each row.
    public int[] padding() {
        return padding;
    }

    public int width() {
        return width;
    }
}
