package dev.evalfleet.worker;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// How many samples have been read and not finished, and whether more may be read.
final class InFlight {

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private int count;

    InFlight(int most) {
        this.most = most;
    }

    void started() {
        lock.lock();
        try {
            count++;
        } finally {
            lock.unlock();
        }
    }

    void ended() {
        lock.lock();
        try {
            count--;
            if (count == 0 || count == roomFrom()) {
                fewer.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        return count() >= most;
    }

    boolean isEmpty() {
        return count() == 0;
    }

    /// Waits until it is well below the limit, so that reading does not start and stop for each sample.
    boolean awaitRoom(Duration atMost) throws InterruptedException {
        return await(() -> count <= roomFrom(), atMost);
    }

    boolean awaitEmpty(Duration atMost) throws InterruptedException {
        return await(() -> count == 0, atMost);
    }

    private int roomFrom() {
        return most * 3 / 4;
    }

    private boolean await(BooleanSupplier reached, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!reached.getAsBoolean() && left > 0) {
                left = fewer.awaitNanos(left);
            }
            return reached.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }
}
