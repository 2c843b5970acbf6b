package dev.evalfleet.worker.inference;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Tells a running call that nobody waits for its answer any more. Requested at most once; thread-safe.
public final class Cancellation {

    private final Map<Object, Runnable> listeners = new LinkedHashMap<>();
    private boolean requested;

    /// A call that stops listening when it ends.
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /// Gives the call up: every listener runs, on this thread.
    public void request() {
        List<Runnable> toRun;
        synchronized (listeners) {
            if (requested) {
                return;
            }
            requested = true;
            listeners.notifyAll();
            toRun = List.copyOf(listeners.values());
            listeners.clear();
        }
        toRun.forEach(Runnable::run);
    }

    public boolean requested() {
        synchronized (listeners) {
            return requested;
        }
    }

    /// Waits; true as soon as this is requested, false when the time is over.
    public boolean await(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        synchronized (listeners) {
            while (!requested) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(listeners, left);
            }
            return true;
        }
    }

    /// Runs `stop` once when this is requested; at once if it already is. `stop` must not block.
    public Registration onRequest(Runnable stop) {
        Object key = new Object();
        synchronized (listeners) {
            if (!requested) {
                listeners.put(key, stop);
                return () -> forget(key);
            }
        }
        stop.run();
        return () -> {};
    }

    private void forget(Object key) {
        synchronized (listeners) {
            listeners.remove(key);
        }
    }
}
