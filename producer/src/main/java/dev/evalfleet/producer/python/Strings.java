package dev.evalfleet.producer.python;

import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Text functions with Python's idea of white space and letters.
public final class Strings {
    private Strings() {}

    /// What `str.isspace` calls white space: more than Java's `strip`, for example the no-break space.
    public static boolean isSpace(int point) {
        return switch (point) {
            case ' ',
                    '\t',
                    '\n',
                    0x0b,
                    '\f',
                    '\r',
                    0x1c,
                    0x1d,
                    0x1e,
                    0x1f,
                    0x85,
                    0xa0,
                    0x1680,
                    0x2028,
                    0x2029,
                    0x202f,
                    0x205f,
                    0x3000 -> true;
            default -> point >= 0x2000 && point <= 0x200a;
        };
    }

    public static String strip(String text) {
        return strip(text, null, true, true);
    }

    public static String strip(String text, @Nullable String letters, boolean left, boolean right) {
        IntPredicate dropped = letters == null ? Strings::isSpace : point -> letters.indexOf(point) >= 0;
        int from = 0;
        int to = text.length();
        while (left && from < to && dropped.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && dropped.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    public static String replace(String text, String old, String replacement, long count) {
        long places = old.isEmpty() ? text.length() + 1L : text.length() / old.length();
        Operators.bounded(text, places * Math.max(0, replacement.length() - old.length()));
        if (count < 0 || old.isEmpty()) {
            return text.replace(old, replacement);
        }
        var out = new StringBuilder();
        int at = 0;
        for (long i = 0; i < count; i++) {
            int found = text.indexOf(old, at);
            if (found < 0) {
                break;
            }
            out.append(text, at, found).append(replacement);
            at = found + old.length();
        }
        return out.append(text, at, text.length()).toString();
    }

    public static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    public static String title(String text) {
        var out = new StringBuilder();
        boolean inside = false;
        for (int point : text.codePoints().toArray()) {
            out.appendCodePoint(inside ? Character.toLowerCase(point) : Character.toTitleCase(point));
            inside = Character.isLetter(point);
        }
        return out.toString();
    }

    public static String swapCase(String text) {
        var out = new StringBuilder();
        text.codePoints()
                .forEach(point -> out.appendCodePoint(
                        Character.isUpperCase(point) ? Character.toLowerCase(point) : Character.toUpperCase(point)));
        return out.toString();
    }
}
