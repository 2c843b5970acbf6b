package dev.evalfleet.loadtest.simulate;

import org.jspecify.annotations.Nullable;

/// One partition of the pool's topic and what the group knows of it: what is read, done, and safe to commit. Only what
/// lies above the commit point is held.
final class Partition {
    /// There is nothing to read.
    static final long NOTHING = -1;

    private final int number;
    private int[] samples = new int[64];
    private boolean[] done = new boolean[64];
    private long commitPoint;
    private long nextRead;
    private long end;
    private int doneAbove;
    private @Nullable Worker owner;

    Partition(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    @Nullable
    Worker owner() {
        return owner;
    }

    /// The new owner begins at the commit point, and knows what is done above it from the commit's metadata.
    void assign(@Nullable Worker to) {
        owner = to;
        nextRead = commitPoint;
    }

    void append(int sample) {
        if (end - commitPoint == samples.length) {
            grow();
        }
        samples[slot(end)] = sample;
        done[slot(end)] = false;
        end++;
    }

    /// The next offset that is not done, or [#NOTHING].
    long read() {
        while (nextRead < end) {
            long offset = nextRead++;
            if (!done[slot(offset)]) {
                return offset;
            }
        }
        return NOTHING;
    }

    int sample(long offset) {
        return samples[slot(offset)];
    }

    void finish(long offset) {
        done[slot(offset)] = true;
        doneAbove++;
        while (commitPoint < end && done[slot(commitPoint)]) {
            commitPoint++;
            doneAbove--;
        }
    }

    long end() {
        return end;
    }

    long commitPoint() {
        return commitPoint;
    }

    /// Offsets finished since the beginning.
    long finished() {
        return commitPoint + doneAbove;
    }

    private int slot(long offset) {
        return (int) (offset & (samples.length - 1));
    }

    private void grow() {
        int[] oldSamples = samples;
        boolean[] oldDone = done;
        samples = new int[2 * oldSamples.length];
        done = new boolean[2 * oldDone.length];
        for (long offset = commitPoint; offset < end; offset++) {
            int old = (int) (offset & (oldSamples.length - 1));
            samples[slot(offset)] = oldSamples[old];
            done[slot(offset)] = oldDone[old];
        }
    }
}
