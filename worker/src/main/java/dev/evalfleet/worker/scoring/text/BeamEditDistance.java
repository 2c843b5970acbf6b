package dev.evalfleet.worker.scoring.text;

import java.util.Arrays;

/// Edit distance between hypotheses of one length and a reference, looked for only near the diagonal. Where that
/// beam leaves something out the result is larger than the true distance, exactly as sacrebleu's is.
final class BeamEditDistance {

    private static final int BEAM = 25;
    private static final int FAR = 1 << 29;

    private static final byte NONE = 0;
    private static final byte SAME = 1;
    private static final byte OTHER_WORD = 2;
    private static final byte WORD_TOO_MANY = 3;
    private static final byte WORD_MISSING = 4;

    private final int[] reference;
    private final double slope;
    private final int beam;
    private final int[] aligned;
    private final Row[] rows;
    private Row spare;
    private Row otherSpare;

    BeamEditDistance(int[] reference, int hypothesisLength) {
        this.reference = reference;
        this.slope = hypothesisLength == 0 ? 1 : (double) reference.length / hypothesisLength;
        this.beam = BEAM < slope / 2 ? (int) Math.ceil(slope / 2 + BEAM) : BEAM;
        this.aligned = new int[hypothesisLength];
        this.rows = new Row[hypothesisLength + 1];
        Arrays.setAll(rows, i -> new Row(from(i), to(i)));
        Arrays.setAll(rows[0].edits, j -> j);
        Arrays.fill(rows[0].operations, WORD_MISSING);
        this.spare = new Row(0, reference.length + 1);
        this.otherSpare = new Row(0, reference.length + 1);
    }

    /// Which word of a hypothesis became which of the reference. Later distances are faster the more words at the
    /// start they share with it.
    Alignment align(int[] hypothesis) {
        System.arraycopy(hypothesis, 0, aligned, 0, hypothesis.length);
        for (int i = 1; i <= hypothesis.length; i++) {
            fill(rows[i], rows[i - 1], i, hypothesis[i - 1]);
        }
        return new Alignment(rows, hypothesis.length, reference.length);
    }

    int of(int[] hypothesis) {
        int same = Arrays.mismatch(hypothesis, aligned);
        if (same < 0) {
            return rows[hypothesis.length].edits(reference.length);
        }
        Row row = rows[same];
        for (int i = same + 1; i <= hypothesis.length; i++) {
            Row next = spare;
            spare = otherSpare;
            otherSpare = next;
            fill(next, row, i, hypothesis[i - 1]);
            row = next;
        }
        return row.edits(reference.length);
    }

    private int from(int i) {
        return Math.max(0, diagonal(i) - beam);
    }

    private int to(int i) {
        boolean whole = i == 0 || i == aligned.length;
        return whole ? reference.length + 1 : Math.min(reference.length + 1, diagonal(i) + beam);
    }

    private int diagonal(int i) {
        return (int) Math.floor(i * slope);
    }

    private void fill(Row row, Row above, int i, int word) {
        int from = from(i);
        int to = to(i);
        row.from = from;
        row.to = to;
        for (int j = from; j < to; j++) {
            int edits = FAR;
            byte operation = NONE;
            if (j > 0) {
                boolean same = word == reference[j - 1];
                int diagonally = above.edits(j - 1) + (same ? 0 : 1);
                if (diagonally < edits) {
                    edits = diagonally;
                    operation = same ? SAME : OTHER_WORD;
                }
            }
            if (above.edits(j) + 1 < edits) {
                edits = above.edits(j) + 1;
                operation = WORD_TOO_MANY;
            }
            if (j > from && row.edits[j - 1 - from] + 1 < edits) {
                edits = row.edits[j - 1 - from] + 1;
                operation = WORD_MISSING;
            }
            row.edits[j - from] = edits;
            row.operations[j - from] = operation;
        }
    }

    /// The part of a row of the matrix that lies in the beam.
    private static final class Row {
        private int from;
        private int to;
        private final int[] edits;
        private final byte[] operations;

        Row(int from, int to) {
            this.from = from;
            this.to = to;
            this.edits = new int[to - from];
            this.operations = new byte[to - from];
        }

        int edits(int j) {
            return j >= from && j < to ? edits[j - from] : FAR;
        }
    }

    /// The way through the matrix that takes the fewest edits.
    static final class Alignment {
        private final int edits;
        private final int[] hypothesisIndex;
        private final int[] hypothesisErrors;
        private final int[] referenceErrors;

        private Alignment(Row[] rows, int hypothesisLength, int referenceLength) {
            this.edits = rows[hypothesisLength].edits(referenceLength);
            this.hypothesisIndex = new int[referenceLength];
            this.hypothesisErrors = new int[hypothesisLength + 1];
            this.referenceErrors = new int[referenceLength + 1];
            int i = hypothesisLength;
            int j = referenceLength;
            while (i > 0 || j > 0) {
                byte operation = rows[i].operations[j - rows[i].from];
                boolean wrong = operation != SAME;
                if (operation != WORD_TOO_MANY) {
                    hypothesisIndex[j - 1] = i - 1;
                    referenceErrors[j] = wrong ? 1 : 0;
                    j--;
                }
                if (operation != WORD_MISSING) {
                    hypothesisErrors[i] = wrong ? 1 : 0;
                    i--;
                }
            }
            Arrays.parallelPrefix(hypothesisErrors, Integer::sum);
            Arrays.parallelPrefix(referenceErrors, Integer::sum);
        }

        int edits() {
            return edits;
        }

        /// Index in the hypothesis of what stands for a word of the reference: for a missing word the one before
        /// it, -1 at the start.
        int hypothesisIndex(int referenceWord) {
            return hypothesisIndex[referenceWord];
        }

        int hypothesisErrors(int start, int length) {
            return hypothesisErrors[start + length] - hypothesisErrors[start];
        }

        int referenceErrors(int start, int length) {
            return referenceErrors[start + length] - referenceErrors[start];
        }
    }
}
