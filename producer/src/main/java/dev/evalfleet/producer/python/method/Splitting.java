package dev.evalfleet.producer.python.method;

import dev.evalfleet.producer.python.Strings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `str.split`, `rsplit` and `splitlines`.
final class Splitting {
    private Splitting() {}

    static List<@Nullable Object> split(String text, @Nullable String separator, long most, boolean fromRight) {
        if (separator == null) {
            return fromRight ? wordsFromRight(text, most) : words(text, most);
        }
        var parts = new ArrayList<@Nullable Object>();
        if (fromRight) {
            int end = text.length();
            for (int at;
                    parts.size() < most
                            && (at = text.lastIndexOf(separator, end - separator.length())) >= 0
                            && end - separator.length() >= 0; ) {
                parts.add(text.substring(at + separator.length(), end));
                end = at;
            }
            parts.add(text.substring(0, end));
            Collections.reverse(parts);
            return parts;
        }
        int start = 0;
        for (int at; parts.size() < most && (at = text.indexOf(separator, start)) >= 0; ) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<@Nullable Object> words(String text, long most) {
        var parts = new ArrayList<@Nullable Object>();
        int at = skip(text, 0, true);
        while (at < text.length() && parts.size() < most) {
            int end = skip(text, at, false);
            parts.add(text.substring(at, end));
            at = skip(text, end, true);
        }
        if (at < text.length()) {
            parts.add(Strings.strip(text.substring(at), null, false, true));
        }
        return parts;
    }

    private static List<@Nullable Object> wordsFromRight(String text, long most) {
        String reversed = new StringBuilder(text).reverse().toString();
        var parts = new ArrayList<@Nullable Object>();
        for (Object part : words(reversed, most)) {
            parts.add(new StringBuilder((String) part).reverse().toString());
        }
        Collections.reverse(parts);
        return parts;
    }

    // The end of the run of white space (or of other characters) that starts here.
    private static int skip(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && Strings.isSpace(text.codePointAt(at)) == space) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    static List<@Nullable Object> lines(String text, boolean keepEnds) {
        var lines = new ArrayList<@Nullable Object>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (!isLineEnd(letter)) {
                continue;
            }
            int end = letter == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            lines.add(text.substring(start, keepEnds ? end : i));
            start = end;
            i = end - 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    private static boolean isLineEnd(char letter) {
        return (letter >= '\n' && letter <= '\r')
                || (letter >= 0x1c && letter <= 0x1e)
                || letter == 0x85
                || letter == 0x2028
                || letter == 0x2029;
    }
}
