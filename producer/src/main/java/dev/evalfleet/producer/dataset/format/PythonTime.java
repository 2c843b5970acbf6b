package dev.evalfleet.producer.dataset.format;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Points in time as Python prints them: `str(datetime)`, `str(time)`.
@SuppressWarnings("JavaLocalTimeGetNano")
public final class PythonTime {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    // What Arrow takes for a timestamp of whole seconds.
    private static final Pattern TIMESTAMP = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})(?:[ T](\\d{2})(?::(\\d{2})(?::(\\d{2}))?)?(Z|[+-]\\d{2}(?::?\\d{2})?)?)?");

    private PythonTime() {}

    static String of(LocalDateTime time) {
        return time.toLocalDate() + " " + of(time.toLocalTime());
    }

    // Python knows microseconds, and pandas, which takes over below them, nanoseconds.
    static String of(LocalTime time) {
        int nanos = time.getNano();
        String fraction = nanos == 0
                ? ""
                : nanos % 1000 == 0
                        ? String.format(Locale.ROOT, ".%06d", nanos / 1000)
                        : String.format(Locale.ROOT, ".%09d", nanos);
        return time.format(SECONDS) + fraction;
    }

    /// A text that Arrow's JSON reader takes for a timestamp, as Python then prints it; null for any other text.
    public static @Nullable String ofJson(String text) {
        if (text.length() < 10 || text.length() > 25 || text.charAt(4) != '-') {
            return null;
        }
        Matcher parts = TIMESTAMP.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        try {
            LocalDateTime time = LocalDate.parse(parts.group(1)).atTime(at(parts, 2), at(parts, 3), at(parts, 4));
            String zone = parts.group(5);
            return of(
                    zone == null
                            ? time
                            : time.atOffset(ZoneOffset.of(zone))
                                    .withOffsetSameInstant(ZoneOffset.UTC)
                                    .toLocalDateTime());
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int at(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
    }
}
