package dev.evalfleet.loadtest.scaling;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// KEDA's own part: the steps from zero and to zero. `RequestScale` of `pkg/scaling/executor` in KEDA 2.20.
public final class Activation {
    private final ScaledPool pool;
    private @Nullable Instant lastActive;

    public Activation(ScaledPool pool) {
        this.pool = pool;
    }

    /// One look, every polling interval.
    ///
    /// @param current replicas the target asks for
    /// @param active what the trigger says
    /// @return replicas it should ask for now
    public int poll(Instant now, int current, boolean active) {
        if (active) {
            lastActive = now;
            return current == 0 ? Math.max(1, pool.minReplicas()) : current;
        }
        if (current < pool.minReplicas()) {
            return pool.minReplicas();
        }
        boolean cooled = lastActive == null || lastActive.plus(pool.cooldown()).isBefore(now);
        return pool.minReplicas() == 0 && cooled ? 0 : current;
    }
}
