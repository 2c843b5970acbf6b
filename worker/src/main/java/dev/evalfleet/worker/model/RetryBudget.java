package dev.evalfleet.worker.model;

import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Keeps retries a share of all calls: each call earns a part of a retry, and time earns a few, so that the last
/// samples of a run are not stuck. A retry without budget waits; it is not given up.
final class RetryBudget {

    private static final double PER_SECOND = 1;
    private static final double MOST_SAVED = 50;
    private static final Duration STEP = Duration.ofMillis(100);

    private final double share;
    private final LongSupplier nanoTime;
    private double saved = MOST_SAVED;
    private long countedUntil;

    RetryBudget(double share, LongSupplier nanoTime) {
        this.share = share;
        this.nanoTime = nanoTime;
        this.countedUntil = nanoTime.getAsLong();
    }

    synchronized void called() {
        saved = Math.min(MOST_SAVED, saved + share);
    }

    /// Takes one retry from the budget, waiting for it if need be; false when cancelled meanwhile.
    boolean spend(Cancellation cancellation) throws InterruptedException {
        while (!trySpend()) {
            if (cancellation.await(STEP)) {
                return false;
            }
        }
        return true;
    }

    synchronized boolean trySpend() {
        long now = nanoTime.getAsLong();
        saved = Math.min(MOST_SAVED, saved + PER_SECOND * (now - countedUntil) / 1e9);
        countedUntil = now;
        if (saved < 1) {
            return false;
        }
        saved--;
        return true;
    }
}
