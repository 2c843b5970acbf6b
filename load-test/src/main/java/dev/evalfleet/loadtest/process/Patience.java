package dev.evalfleet.loadtest.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for something to become true.
public final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private Patience() {}

    /// @return whether it did in time
    public static boolean until(Duration atMost, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(PAUSE);
        }
        return true;
    }
}
