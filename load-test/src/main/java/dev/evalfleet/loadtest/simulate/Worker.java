package dev.evalfleet.loadtest.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One worker: the partitions it owns, what it has read ahead, and what it runs.
final class Worker {
    /// What it is doing.
    enum Phase {
        STARTING,
        WORKING,
        DRAINING,
        DEAD,
        GONE
    }

    private static final int FIRST_LIMIT = 8;
    private static final int MOST_PER_POLL = 100;

    private final int id;
    private final double born;
    private final FleetModel.Pod pod;
    private final List<Partition> owned = new ArrayList<>();
    private final Partition[] running;
    private final long[] offsets;
    private final double[] startedAt;
    private final int[] turns;
    private final int[] free;
    private int freeCount;
    private Partition[] readPartitions;
    private long[] readOffsets;
    private int readFrom;
    private int readCount;
    private boolean full;
    private int cursor;
    private int limit;
    private Phase phase = Phase.STARTING;

    Worker(int id, double born, FleetModel.Pod pod) {
        this.id = id;
        this.born = born;
        this.pod = pod;
        int slots = pod.slots();
        this.running = new Partition[slots];
        this.offsets = new long[slots];
        this.startedAt = new double[slots];
        this.turns = new int[slots];
        this.free = new int[slots];
        for (int slot = 0; slot < slots; slot++) {
            free[slot] = slots - 1 - slot;
        }
        this.freeCount = slots;
        this.limit = Math.min(slots, FIRST_LIMIT);
        int ahead = pod.readAhead() + MOST_PER_POLL;
        this.readPartitions = new Partition[ahead];
        this.readOffsets = new long[ahead];
    }

    int id() {
        return id;
    }

    double born() {
        return born;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase now) {
        phase = now;
    }

    List<Partition> owned() {
        return owned;
    }

    int underWay() {
        return running.length - freeCount;
    }

    /// Reads what there is room for, as the poll loop does: a partition's records in a row, and nothing more while it
    /// is full until a quarter is free again.
    void read() {
        int most = pod.readAhead();
        int held = readCount + underWay();
        if (owned.isEmpty() || held >= most || (full && held > most * 3 / 4)) {
            return;
        }
        int poll = Math.min(most, MOST_PER_POLL);
        for (int empty = 0; empty < owned.size() && held < most; ) {
            Partition partition = owned.get(cursor % owned.size());
            int read = 0;
            while (read < poll && held < most) {
                long offset = partition.read();
                if (offset == Partition.NOTHING) {
                    break;
                }
                enqueue(partition, offset);
                read++;
                held++;
            }
            empty = read == 0 ? empty + 1 : 0;
            cursor = (cursor + 1) % owned.size();
        }
        full = held >= most;
    }

    /// Whether a sample can be started now.
    boolean canStart() {
        return readCount > 0 && underWay() < limit;
    }

    /// Starts the sample that was read first.
    ///
    /// @return its slot
    int start(double now) {
        int slot = free[--freeCount];
        running[slot] = readPartitions[readFrom];
        offsets[slot] = readOffsets[readFrom];
        startedAt[slot] = now;
        readFrom = (readFrom + 1) % readPartitions.length;
        readCount--;
        return slot;
    }

    int sample(int slot) {
        return running[slot].sample(offsets[slot]);
    }

    /// Tells a finished event from one of a sample that was given up.
    int turn(int slot) {
        return turns[slot];
    }

    /// The sample in the slot is answered.
    ///
    /// @return seconds it took
    double finish(int slot, double now) {
        running[slot].finish(offsets[slot]);
        if (limit < pod.slots() && underWay() * 2 >= limit) {
            limit++;
        }
        return release(slot, now);
    }

    /// Gives up a partition, or with null all of them: what is under way is lost, what was read is forgotten.
    ///
    /// @return seconds of lost work, and how many samples
    Lost giveUp(@org.jspecify.annotations.Nullable Partition only, double now) {
        double seconds = 0;
        int samples = 0;
        for (int slot = 0; slot < running.length; slot++) {
            Partition mine = running[slot];
            if (mine != null && (only == null || mine == only)) {
                seconds += release(slot, now);
                samples++;
            }
        }
        forget(only);
        return new Lost(samples, seconds);
    }

    /// What was given up.
    record Lost(int samples, double seconds) {}

    /// Forgets what was read and not started.
    void forget(@org.jspecify.annotations.Nullable Partition only) {
        int kept = 0;
        for (int index = 0; index < readCount; index++) {
            int at = (readFrom + index) % readPartitions.length;
            if (only != null && readPartitions[at] != only) {
                int to = (readFrom + kept) % readPartitions.length;
                readPartitions[to] = readPartitions[at];
                readOffsets[to] = readOffsets[at];
                kept++;
            }
        }
        readCount = kept;
    }

    private void enqueue(Partition partition, long offset) {
        if (readCount == readPartitions.length) {
            throw new IllegalStateException("worker " + id + " read ahead more than " + readCount + " samples");
        }
        int at = (readFrom + readCount) % readPartitions.length;
        readPartitions[at] = partition;
        readOffsets[at] = offset;
        readCount++;
    }

    @SuppressWarnings("NullAway") // a free slot holds no partition
    private double release(int slot, double now) {
        running[slot] = null;
        turns[slot]++;
        free[freeCount++] = slot;
        return now - startedAt[slot];
    }

    @Override
    public String toString() {
        return "worker " + id + " " + phase
                + Arrays.toString(owned.stream().mapToInt(Partition::number).toArray());
    }
}
