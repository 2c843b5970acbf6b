package dev.evalfleet.worker.model;

import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How many calls may be under way at once: grows while calls are answered, and shrinks when the server says it is too
/// many (additive increase, multiplicative decrease, after a slow start).
///
/// Calls that were under way when the limit shrank belong to the same episode: they do not shrink it again.
final class ConcurrencyLimit {

    private static final int FIRST = 8;
    private static final double CUT = 0.8;
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);
    private static final Duration GROWTH_PAUSE = Duration.ofSeconds(2);

    private final int most;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private double limit;
    private boolean slowStart = true;
    private int inFlight;
    private long lastCut;
    private long heldUntil;
    private long noGrowthUntil;

    ConcurrencyLimit(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
        this.limit = Math.min(most, FIRST);
        long now = nanoTime.getAsLong();
        this.lastCut = now;
        this.heldUntil = now;
        this.noGrowthUntil = now;
    }

    /// A call under way. Exactly one of its methods is called when it ended.
    final class Permit {
        private final long startedAt = nanoTime.getAsLong();

        void answered() {
            end(ConcurrencyLimit.this::grow);
        }

        /// Too many calls: fewer from now on, and none before the server's own delay is over.
        void throttled(@Nullable Duration retryAfter) {
            end(() -> shrink(startedAt, retryAfter));
        }

        /// The server is in trouble for another reason: no growth for a while.
        void broken() {
            end(() -> noGrowthUntil = nanoTime.getAsLong() + GROWTH_PAUSE.toNanos());
        }

        /// Says nothing about the server.
        void ignored() {
            end(() -> {});
        }
    }

    /// Waits for room; null when cancelled meanwhile.
    @Nullable
    Permit acquire(Cancellation cancellation) throws InterruptedException {
        try (var _ = cancellation.onRequest(this::wakeAll)) {
            lock.lockInterruptibly();
            try {
                while (!cancellation.requested()) {
                    long held = heldUntil - nanoTime.getAsLong();
                    if (held <= 0 && inFlight < (int) limit) {
                        inFlight++;
                        return new Permit();
                    }
                    room.await(held > 0 ? held : TimeUnit.MINUTES.toNanos(1), TimeUnit.NANOSECONDS);
                }
                room.signal();
                return null;
            } finally {
                lock.unlock();
            }
        }
    }

    int current() {
        return locked(() -> (int) limit);
    }

    int inFlight() {
        return locked(() -> inFlight);
    }

    private void end(Runnable change) {
        lock.lock();
        try {
            change.run();
            inFlight--;
            room.signal();
            if (inFlight + 1 < (int) limit) {
                room.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    // A limit that is not used says nothing about whether more would do.
    private void grow() {
        if (inFlight * 2 < limit || nanoTime.getAsLong() - noGrowthUntil < 0) {
            return;
        }
        limit = Math.min(most, limit + (slowStart ? 1 : 1 / limit));
    }

    private void shrink(long startedAt, @Nullable Duration retryAfter) {
        long now = nanoTime.getAsLong();
        if (slowStart || startedAt - lastCut > 0) {
            limit = Math.max(1, limit * CUT);
            lastCut = now;
            slowStart = false;
        }
        if (retryAfter != null) {
            Duration hold = retryAfter.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : retryAfter;
            heldUntil = Math.max(heldUntil, now + hold.toNanos());
        }
    }

    private void wakeAll() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int locked(java.util.function.IntSupplier read) {
        lock.lock();
        try {
            return read.getAsInt();
        } finally {
            lock.unlock();
        }
    }
}
