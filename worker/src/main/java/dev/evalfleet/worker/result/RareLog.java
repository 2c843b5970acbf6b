package dev.evalfleet.worker.result;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/// Says what lasts now and then, not once per sample.
public final class RareLog {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final AtomicLong nextAt = new AtomicLong(System.nanoTime());

    public void warn(Logger log, String message) {
        long now = System.nanoTime();
        long due = nextAt.get();
        if (now - due >= 0 && nextAt.compareAndSet(due, now + INTERVAL.toNanos())) {
            log.warn(message);
        }
    }
}
