package dev.evalfleet.local.view;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How figures are written for people, the same everywhere.
public final class Show {

    private static final String NONE = "-";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Show() {}

    public static String score(@Nullable Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%.4f", value);
    }

    /// A difference with its sign.
    public static String difference(@Nullable Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%+.4f", value);
    }

    /// A p-value: four digits, or the exponent where it is small.
    public static String probability(@Nullable Double p) {
        if (p == null) {
            return NONE;
        }
        return p < 0.001 ? String.format(Locale.ROOT, "%.0e", p) : String.format(Locale.ROOT, "%.3f", p);
    }

    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 10 ? "%.1f/s" : "%.0f/s", perSecond);
    }

    /// Milliseconds, in seconds from ten thousand on.
    public static String millis(@Nullable Double millis) {
        if (millis == null) {
            return NONE;
        }
        return millis >= 10_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000)
                : String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    /// Minutes and seconds, or hours and minutes.
    public static String duration(Duration duration) {
        long seconds = Math.max(0, (duration.toMillis() + 500) / 1000);
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%dh%02d", seconds / 3600, seconds % 3600 / 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    /// Seconds with one digit after the point.
    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }

    public static String time(@Nullable Instant at) {
        return at == null ? NONE : TIME.format(at.atZone(ZoneId.systemDefault()));
    }
}
