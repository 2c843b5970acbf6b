package dev.evalfleet.worker;

import dev.evalfleet.runtime.kafka.DoneSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/// Which offsets of one partition are done, and how far it is therefore safe to commit.
///
/// Samples finish in any order. What is done above the commit point travels in the commit metadata, so that the next
/// owner does not repeat it. Told by many threads; asked by the one that owns the consumer.
final class PartitionProgress {

    // Leaves room for what is in flight and still finishes while the partition waits.
    private static final int FULL_LENGTH = DoneSet.MAX_LENGTH * 3 / 4;
    private static final long UNKNOWN = -1;

    private final TreeMap<Long, Boolean> doneByOffset = new TreeMap<>();
    private final TreeSet<Long> doneByOthers = new TreeSet<>();
    private long nextToCommit = UNKNOWN;
    private boolean changed;
    private int metadataLength;

    /// Goes on where the committed offset and its metadata say; from the first record on where there is none.
    static PartitionProgress resumedAt(@Nullable OffsetAndMetadata committed) {
        PartitionProgress progress = new PartitionProgress();
        if (committed != null) {
            progress.nextToCommit = committed.offset();
            DoneSet.decode(committed.metadata()).offsets(committed.offset()).forEach(progress.doneByOthers::add);
        }
        return progress;
    }

    /// A record was read. False when its work was done before, by this or another worker.
    synchronized boolean start(long offset) {
        if (offset < nextToCommit) {
            // Somebody set the group back on purpose: what follows is to be done again.
            doneByOffset.clear();
            doneByOthers.clear();
            nextToCommit = offset;
        }
        if (nextToCommit == UNKNOWN) {
            nextToCommit = offset;
        }
        boolean done = doneByOthers.remove(offset);
        doneByOffset.put(offset, done);
        changed |= done;
        return !done;
    }

    synchronized void finish(long offset) {
        if (doneByOffset.replace(offset, true) != null) {
            changed = true;
        }
    }

    /// The first offset that must be read again after a crash.
    synchronized long commitPoint() {
        Map.Entry<Long, Boolean> first = doneByOffset.firstEntry();
        while (first != null && first.getValue()) {
            doneByOffset.pollFirstEntry();
            nextToCommit = first.getKey() + 1;
            first = doneByOffset.firstEntry();
        }
        return nextToCommit;
    }

    /// What is to be committed; null when nothing changed since this was asked last.
    synchronized @Nullable OffsetAndMetadata toCommit() {
        if (!changed) {
            return null;
        }
        changed = false;
        long commitPoint = commitPoint();
        TreeSet<Long> doneAbove = new TreeSet<>(doneByOthers.tailSet(commitPoint));
        doneByOffset.forEach((offset, done) -> {
            if (done) {
                doneAbove.add(offset);
            }
        });
        String metadata = DoneSet.encode(commitPoint, doneAbove);
        metadataLength = metadata.length();
        // Without its set a commit is still true; it only lets the next owner repeat more.
        return new OffsetAndMetadata(commitPoint, DoneSet.fits(metadata) ? metadata : "");
    }

    /// The commit did not get through: it is due again.
    synchronized void commitFailed() {
        changed = true;
    }

    /// So much is done above the commit point that it hardly fits into the metadata: read no more for now.
    synchronized boolean isFull() {
        return metadataLength > FULL_LENGTH;
    }
}
