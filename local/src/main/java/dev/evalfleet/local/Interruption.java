package dev.evalfleet.local;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ctrl-C and SIGTERM: closes what a command has opened, within a bounded time.
public final class Interruption implements AutoCloseable {

    /// Ctrl-C is answered within five seconds; what is not closed by then is recovered at the next start.
    private static final Duration AT_MOST = Duration.ofMillis(4500);

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    /// Runs `stop` when the JVM is told to end, until this is closed.
    public static Interruption runs(Runnable stop) {
        Thread hook = new Thread(() -> stopInTime(stop), "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    /// Whether the JVM was told to end.
    static boolean begun() {
        return BEGUN.get();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException goingDown) {
            // the hook is running: it does what is left to do
        }
    }

    private static void stopInTime(Runnable stop) {
        BEGUN.set(true);
        Thread stopping = Thread.ofPlatform().daemon().name("stopping").start(stop);
        try {
            if (!stopping.join(AT_MOST)) {
                Runtime.getRuntime().halt(130);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
