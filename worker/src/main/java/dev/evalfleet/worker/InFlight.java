package dev.evalfleet.worker;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// How much has been read and not finished, in samples and in bytes, and whether more may be read.
final class InFlight {

    private final int most;
    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private int count;
    private long bytes;

    /// @param most samples at once
    /// @param mostBytes bytes of their records at once; one record is read whatever its size
    InFlight(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    void started(long size) {
        lock.lock();
        try {
            count++;
            bytes += size;
        } finally {
            lock.unlock();
        }
    }

    void ended(long size) {
        lock.lock();
        try {
            count--;
            bytes -= size;
            if (hasRoom()) {
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

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return count >= most || bytes >= mostBytes;
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        return count() == 0;
    }

    /// Waits until it is well below the limits, so that reading does not start and stop for each sample.
    boolean awaitRoom(Duration atMost) throws InterruptedException {
        return await(this::hasRoom, atMost);
    }

    boolean awaitEmpty(Duration atMost) throws InterruptedException {
        return await(() -> count == 0, atMost);
    }

    private boolean hasRoom() {
        return count <= most * 3 / 4 && bytes <= mostBytes / 4 * 3;
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
