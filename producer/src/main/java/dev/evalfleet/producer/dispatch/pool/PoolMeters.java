package dev.evalfleet.producer.dispatch.pool;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What can be seen of a pool's dispatch from outside. One label, the pool: as many values as the catalogue has pools.
public final class PoolMeters {
    private final AtomicLong outstanding = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong window = new AtomicLong();
    private final AtomicLong openRuns = new AtomicLong();
    private final AtomicLong stalled = new AtomicLong();
    private final Counter dispatched;
    private final Counter resent;
    private final Counter lost;

    public PoolMeters(MeterRegistry meters, String pool) {
        meters.gauge("evalfleet.queue.depth", tags(pool), outstanding);
        meters.gauge("evalfleet.queue.lag", tags(pool), lag);
        meters.gauge("evalfleet.dispatch.window", tags(pool), window);
        meters.gauge("evalfleet.open.runs", tags(pool), openRuns);
        meters.gauge("evalfleet.pool.stalled", tags(pool), stalled);
        dispatched = meters.counter("evalfleet.samples.dispatched", "pool", pool);
        resent = meters.counter("evalfleet.samples.resent", "pool", pool);
        lost = meters.counter("evalfleet.samples.lost", "pool", pool);
    }

    void observed(long outstandingNow, long lagNow, long windowNow, boolean stalledNow) {
        outstanding.set(outstandingNow);
        lag.set(lagNow);
        window.set(windowNow);
        stalled.set(stalledNow ? 1 : 0);
    }

    void openRuns(int count) {
        openRuns.set(count);
    }

    void dispatched(int sendCount) {
        dispatched.increment();
        if (sendCount > 0) {
            resent.increment();
        }
    }

    void lost(int count) {
        lost.increment(count);
    }

    /// Another producer is the active one: nothing is known here any more.
    public void standBy() {
        observed(0, 0, 0, false);
        openRuns(0);
    }

    private static Iterable<Tag> tags(String pool) {
        return List.of(Tag.of("pool", pool));
    }
}
