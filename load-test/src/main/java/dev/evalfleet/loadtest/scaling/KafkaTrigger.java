package dev.evalfleet.loadtest.scaling;

/// KEDA's kafka trigger: what it makes of a group's offsets. From `pkg/scalers/kafka_scaler.go` of KEDA 2.20;
/// `excludePersistentLag` is left out, because it takes slow inference for no work.
///
/// @param lagThreshold lag for which there should be one worker
/// @param activationLagThreshold the target is woken from zero when the lag is above this
/// @param scaleToZeroOnInvalidOffset a partition without a committed offset counts nothing
/// @param allowIdleConsumers more workers than partitions may be asked for
/// @param limitToPartitionsWithLag no more workers than partitions that have lag
/// @param evenDistribution only numbers of workers that divide the number of partitions
public record KafkaTrigger(
        long lagThreshold,
        long activationLagThreshold,
        OffsetReset offsetReset,
        boolean scaleToZeroOnInvalidOffset,
        boolean allowIdleConsumers,
        boolean limitToPartitionsWithLag,
        boolean evenDistribution) {
    /// What stands for a committed offset where there is none.
    public static final long NO_OFFSET = -1;

    /// How the consumers begin where nothing is committed.
    public enum OffsetReset {
        LATEST,
        EARLIEST
    }

    /// @param metric lag as the HPA sees it
    /// @param active whether there is reason to leave zero, or not to go there
    public record Reading(long metric, boolean active) {}

    public KafkaTrigger {
        if (lagThreshold < 1) {
            throw new IllegalArgumentException("lag threshold must be at least 1, was " + lagThreshold);
        }
        if (activationLagThreshold < 0) {
            throw new IllegalArgumentException(
                    "activationLagThreshold must not be negative, was " + activationLagThreshold);
        }
        if (allowIdleConsumers && limitToPartitionsWithLag) {
            throw new IllegalArgumentException(
                    "allowIdleConsumers and limitToPartitionsWithLag contradict each other: set one of them");
        }
    }

    /// As the chart renders it.
    public static KafkaTrigger withLagThreshold(long lagThreshold) {
        return new KafkaTrigger(lagThreshold, 0, OffsetReset.LATEST, true, false, false, false);
    }

    /// @param ends log end by partition
    /// @param committed offset the group has committed by partition, or [#NO_OFFSET]
    public Reading read(long[] ends, long[] committed) {
        long total = 0;
        int withLag = 0;
        for (int partition = 0; partition < ends.length; partition++) {
            long lag = lag(ends[partition], committed[partition]);
            total += lag;
            withLag += lag > 0 ? 1 : 0;
        }
        return new Reading(bounded(total, ends.length, withLag), total > activationLagThreshold);
    }

    private long lag(long end, long committed) {
        if (committed != NO_OFFSET) {
            return end - committed;
        }
        if (scaleToZeroOnInvalidOffset) {
            return 0;
        }
        return offsetReset == OffsetReset.LATEST ? 1 : end;
    }

    // The whole division is KEDA's: a lag of less than one threshold above the bound passes, and the HPA rounds it up.
    private long bounded(long total, long partitions, long withLag) {
        if (allowIdleConsumers && !evenDistribution) {
            return total;
        }
        long lag = evenDistribution ? evenly(total, partitions) * lagThreshold : total;
        long bound = limitToPartitionsWithLag ? withLag : partitions;
        return lag / lagThreshold > bound ? bound * lagThreshold : lag;
    }

    private long evenly(long total, long partitions) {
        for (long workers = 1; workers <= partitions; workers++) {
            if (partitions % workers == 0 && workers * lagThreshold >= total) {
                return workers;
            }
        }
        return partitions;
    }
}
