package dev.evalfleet.producer.dispatch.log;

import dev.evalfleet.runtime.kafka.DoneSet;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// What a pool has not finished, by partition: log end - commit point - done above it (from the commit metadata).
public final class Outstanding {
    private final long[] ends;
    private final long[] commitPoints;
    private final long[] doneAbove;
    private final Set<Integer> uncommitted = new TreeSet<>();

    /// @param starts log start by partition, asked only where nothing is committed
    /// @param ends log end by partition
    /// @param committed the group's commits; a partition without one is read from its start
    public Outstanding(Map<Integer, Long> starts, Map<Integer, Long> ends, Map<Integer, OffsetAndMetadata> committed) {
        int partitions = ends.size();
        this.ends = new long[partitions];
        this.commitPoints = new long[partitions];
        this.doneAbove = new long[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            this.ends[partition] = Objects.requireNonNull(ends.get(partition), "no log end of partition " + partition);
            OffsetAndMetadata commit = committed.get(partition);
            if (commit == null) {
                uncommitted.add(partition);
                commitPoints[partition] = starts.getOrDefault(partition, 0L);
            } else {
                commitPoints[partition] = commit.offset();
                doneAbove[partition] = DoneSet.decode(commit.metadata()).count();
            }
        }
    }

    public int partitions() {
        return ends.length;
    }

    /// Never negative: a commit may be newer than the log end that was read just before it.
    public long of(int partition) {
        return Math.max(0, ends[partition] - commitPoints[partition] - doneAbove[partition]);
    }

    public long[] byPartition() {
        return IntStream.range(0, partitions()).mapToLong(this::of).toArray();
    }

    public long total() {
        return Arrays.stream(byPartition()).sum();
    }

    public long least() {
        return Arrays.stream(byPartition()).min().orElse(0);
    }

    /// What the autoscaler sees: log end - commit point.
    public long lag() {
        return IntStream.range(0, partitions())
                .mapToLong(partition -> Math.max(0, ends[partition] - commitPoints[partition]))
                .sum();
    }

    /// Samples finished since the topics' beginning; only its growth means something.
    public long finished() {
        return Arrays.stream(commitPoints).sum() + Arrays.stream(doneAbove).sum();
    }

    public long end(int partition) {
        return ends[partition];
    }

    public long commitPoint(int partition) {
        return commitPoints[partition];
    }

    /// Partitions for which the group has no commit: nobody ever worked on them, or the commits expired.
    public Set<Integer> uncommitted() {
        return uncommitted;
    }

    /// Whether everything below these offsets (by partition) is finished, or gone: offsets above the log's end are of a
    /// topic that was deleted since and made again.
    public boolean isPast(Map<Integer, Long> offsets) {
        return offsets.entrySet().stream()
                .allMatch(offset -> offset.getKey() >= partitions() || isPast(offset.getKey(), offset.getValue()));
    }

    private boolean isPast(int partition, long offset) {
        return commitPoints[partition] >= Math.min(offset, ends[partition]);
    }

    @Override
    public String toString() {
        return "outstanding " + Arrays.toString(byPartition()) + ", lag " + lag();
    }
}
