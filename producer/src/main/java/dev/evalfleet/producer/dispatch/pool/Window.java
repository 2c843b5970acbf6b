package dev.evalfleet.producer.dispatch.pool;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How much of a pool may be outstanding. Unless the pool fixes its marks they grow with its throughput: the low mark
/// covers at least two seconds of it, so that a fast pool never waits for the dispatcher.
public final class Window {
    static final Duration COVER = Duration.ofSeconds(2);
    private static final double HIGH_OVER_LOW = 1.5;
    private static final double MEMORY_SECONDS = 5;
    private static final long MOST = 1_000_000;

    private final Pool pool;
    private double finished;
    private double seconds;
    private long lastFinished;
    private @Nullable Instant lastAt;
    private boolean busy;

    public Window(Pool pool) {
        this.pool = pool;
    }

    /// Takes a new measurement; time in which the pool had nothing to do does not count.
    public void observe(Outstanding outstanding, Instant now) {
        long total = outstanding.finished();
        if (lastAt != null && busy) {
            double passed = Math.max(0, Duration.between(lastAt, now).toNanos() / 1e9);
            double kept = Math.exp(-passed / MEMORY_SECONDS);
            finished = finished * kept + Math.max(0, total - lastFinished);
            seconds = seconds * kept + passed;
        }
        lastFinished = total;
        lastAt = now;
        busy = outstanding.total() > 0;
    }

    /// Samples were just added.
    void filled() {
        busy = true;
    }

    /// Samples per second while there was work, over the last seconds.
    double throughput() {
        return seconds > 0 ? finished / seconds : 0;
    }

    long low() {
        if (!pool.adaptive()) {
            return pool.lowMark();
        }
        double covering = throughput() * COVER.toSeconds();
        return Math.max(pool.lowMark(), (long) Math.min(MOST, Math.ceil(covering)));
    }

    long high() {
        return pool.adaptive() ? Math.max(pool.highMark(), (long) (low() * HIGH_OVER_LOW)) : pool.highMark();
    }

    /// Whether the pool, or one of its partitions, is under its low mark: a worker that hangs with its partitions full
    /// must not keep the others waiting.
    boolean isLow(Outstanding outstanding) {
        long share = Math.max(1, low() / outstanding.partitions());
        return outstanding.total() < low() || outstanding.least() < share;
    }

    /// Samples that may be added now.
    public long room(Outstanding outstanding) {
        return isLow(outstanding) ? Math.max(0, high() - outstanding.total()) : 0;
    }

    /// The most a single partition may hold.
    public long mostPerPartition(int partitions) {
        return Math.ceilDiv(high(), partitions);
    }
}
