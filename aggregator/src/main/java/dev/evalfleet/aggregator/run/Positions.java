package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.codec.RowKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;

/// Which positions of a run are answered, given up or paired: three bits a position, a row for every 4096 of them.
final class Positions {
    private static final int PER_ROW = 4096;

    /// What is known of a position.
    enum Standing {
        OPEN,
        ANSWERED,
        LOST
    }

    /// The bits of one row.
    record Row(BitSet answered, BitSet lost, BitSet paired) {
        static final Codec<Row> CODEC = Codec.of(1, Row::write, Row::read);

        static Row empty() {
            return new Row(new BitSet(), new BitSet(), new BitSet());
        }

        Standing standing(int bit) {
            if (answered.get(bit)) {
                return Standing.ANSWERED;
            }
            return lost.get(bit) ? Standing.LOST : Standing.OPEN;
        }

        private void write(Out out) {
            out.blob(answered.toByteArray()).blob(lost.toByteArray()).blob(paired.toByteArray());
        }

        private static Row read(In in) {
            return new Row(BitSet.valueOf(in.blob()), BitSet.valueOf(in.blob()), BitSet.valueOf(in.blob()));
        }
    }

    private final KeyValueStore<String, Row> rows;

    Positions(KeyValueStore<String, Row> rows) {
        this.rows = rows;
    }

    /// Settles an open position as answered or lost; another one stays as it is.
    ///
    /// @return what it was before
    Standing settle(String runId, long position, Standing as) {
        String key = key(runId, position);
        Row row = row(key);
        int bit = bit(position);
        Standing before = row.standing(bit);
        if (before == Standing.OPEN) {
            (as == Standing.ANSWERED ? row.answered : row.lost).set(bit);
            rows.put(key, row);
        }
        return before;
    }

    Standing standing(String runId, long position) {
        return row(key(runId, position)).standing(bit(position));
    }

    /// Whether this is the first pair of that position.
    boolean pair(String runId, long position) {
        String key = key(runId, position);
        Row row = row(key);
        if (row.paired.get(bit(position))) {
            return false;
        }
        row.paired.set(bit(position));
        rows.put(key, row);
        return true;
    }

    /// The first open positions below `expected`; everything below `from` is known to be settled.
    List<Long> open(String runId, long from, long expected, int atMost) {
        List<Long> open = new ArrayList<>();
        for (long start = from / PER_ROW * PER_ROW; start < expected && open.size() < atMost; start += PER_ROW) {
            Row row = row(key(runId, start));
            BitSet settled = (BitSet) row.answered.clone();
            settled.or(row.lost);
            int end = (int) Math.min(PER_ROW, expected - start);
            for (int bit = settled.nextClearBit(0);
                    bit < end && open.size() < atMost;
                    bit = settled.nextClearBit(bit + 1)) {
                open.add(start + bit);
            }
        }
        return open;
    }

    private Row row(String key) {
        Row row = rows.get(key);
        return row == null ? Row.empty() : row;
    }

    private static String key(String runId, long position) {
        return RowKey.of(runId, position / PER_ROW);
    }

    private static int bit(long position) {
        return (int) (position % PER_ROW);
    }
}
