package dev.evalfleet.loadtest.scaling;

import java.time.Instant;
import java.util.function.Supplier;

/// KEDA and the HPA on one target, each on its own clock.
public final class Autoscaler {
    private final ScaledPool pool;
    private final Activation activation;
    private final Hpa hpa;
    private Instant nextPoll;
    private Instant nextSync;

    /// @param firstPoll KEDA's first look
    /// @param firstSync the HPA's first look
    public Autoscaler(ScaledPool pool, Instant firstPoll, Instant firstSync) {
        this.pool = pool;
        this.activation = new Activation(pool);
        this.hpa = new Hpa(pool);
        this.nextPoll = firstPoll;
        this.nextSync = firstSync;
    }

    /// When there is something to do next.
    public Instant next() {
        return nextPoll.isBefore(nextSync) ? nextPoll : nextSync;
    }

    /// Does what is due. Both ask the broker anew: with `useCachedMetrics: false`, the default, KEDA answers the HPA
    /// with a fresh reading.
    ///
    /// @param current replicas the target asks for
    /// @param pods of it that exist, ready or not
    /// @return replicas it should ask for now
    public int look(Instant now, int current, int pods, Supplier<KafkaTrigger.Reading> lag) {
        int wanted = current;
        if (!now.isBefore(nextPoll)) {
            wanted = activation.poll(now, wanted, lag.get().active());
            nextPoll = after(nextPoll.plus(pool.pollingInterval()), now);
        }
        if (!now.isBefore(nextSync)) {
            int existing = wanted == current ? pods : wanted;
            wanted = hpa.sync(now, wanted, existing, wanted == 0 ? 0 : lag.get().metric());
            nextSync = after(nextSync.plus(pool.syncPeriod()), now);
        }
        return wanted;
    }

    // A look that comes too late does not make up for those it missed.
    private static Instant after(Instant planned, Instant now) {
        return planned.isAfter(now) ? planned : now;
    }
}
