package dev.evalfleet.worker.scoring.python;

import java.util.Locale;

/// Text operations as Python's `str` has them.
public final class PythonText {

    private PythonText() {}

    /// `str.isspace()` for one code point.
    public static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /// `str.strip()`
    public static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /// `str.lower()`
    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// `str.upper()`
    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /// `len(str)`: code points.
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /// Characters of Python's `string.punctuation`, and nothing else, removed.
    public static String withoutAsciiPunctuation(String text) {
        return without(
                text,
                c -> (c >= '!' && c <= '/')
                        || (c >= ':' && c <= '@')
                        || (c >= '[' && c <= '`')
                        || (c >= '{' && c <= '~'));
    }

    /// ASCII digits removed (`string.digits`).
    public static String withoutAsciiDigits(String text) {
        return without(text, c -> c >= '0' && c <= '9');
    }

    /// Every character of a Unicode punctuation category removed.
    public static String withoutUnicodePunctuation(String text) {
        return without(text, PythonText::isUnicodePunctuation);
    }

    private static boolean isUnicodePunctuation(int c) {
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    private static String without(String text, java.util.function.IntPredicate unwanted) {
        return text.codePoints()
                .filter(unwanted.negate())
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
