package dev.evalfleet.local.view;

import dev.evalfleet.producer.dataset.fetch.FetchProgress;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// A bar per download, drawn on a terminal over itself.
public final class DownloadBar implements FetchProgress {

    private static final Duration EVERY = Duration.ofMillis(100);
    private static final int WIDTH = 24;

    private final PrintStream out;
    private Instant drawn = Instant.EPOCH;

    DownloadBar(PrintStream out) {
        this.out = out;
    }

    /// On a terminal a bar, else lines in the log.
    @SuppressWarnings("SystemConsoleNull") // null where jdk.internal.le is not there
    public static FetchProgress onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal() ? new DownloadBar(System.err) : FetchProgress.logging();
    }

    @Override
    public synchronized void at(String what, long done, long total) {
        Instant now = Instant.now();
        boolean isLast = done == total;
        if (isLast || drawn.plus(EVERY).isBefore(now)) {
            drawn = now;
            out.print("\r\u001b[K" + line(what, done, total) + (isLast ? "\n" : ""));
            out.flush();
        }
    }

    static String line(String what, long done, long total) {
        return total < 0
                ? what + " " + megabytes(done)
                : what + " " + ProgressBar.of(done, total, WIDTH) + " " + megabytes(done) + " of " + megabytes(total);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
