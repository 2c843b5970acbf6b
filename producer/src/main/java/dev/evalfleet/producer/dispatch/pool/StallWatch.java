package dev.evalfleet.producer.dispatch.pool;

import dev.evalfleet.producer.dispatch.log.Outstanding;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Notices a pool that has work and finishes nothing.
final class StallWatch {
    private final Duration patience;
    private long finished = -1;
    private @Nullable Instant waitingSince;
    private boolean stalled;

    StallWatch(Duration patience) {
        this.patience = patience;
    }

    /// @return whether the pool has stalled just now; it is said once for each stall
    boolean observe(Outstanding outstanding, Instant now) {
        boolean progress = outstanding.finished() != finished;
        finished = outstanding.finished();
        if (outstanding.total() == 0 || progress || waitingSince == null) {
            waitingSince = outstanding.total() == 0 ? null : now;
            stalled = false;
            return false;
        }
        boolean before = stalled;
        stalled = !now.isBefore(waitingSince.plus(patience));
        return stalled && !before;
    }

    boolean isStalled() {
        return stalled;
    }
}
