package dev.evalfleet.runtime.python;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Rewrites a pattern of Python's `re` module for `java.util.regex`, so that it matches the same text.
///
/// What differs: character classes are Unicode in Python, `{` may be literal, `[` and `&&` mean nothing inside a class,
/// groups are named `(?P<name>`, and some escapes are spelt alike but mean something else.
final class PythonPattern {

    private static final String WORD = "\\p{L}\\p{N}_";
    private static final String SPACE = "\\s\\x1c-\\x1f";

    private static final int LONGEST = 20_000;

    /// The time a match may take is measured as it reads. Repetitions of what reads nothing would go on unmeasured.
    private static final long MOST_UNREAD_REPETITIONS = 100_000;

    private static final Pattern MULTILINE = Pattern.compile("\\(\\?[aiLsux]*m");

    private final String python;
    private final boolean multiline;
    private final StringBuilder java = new StringBuilder();
    private final Map<String, Integer> groupNames = new HashMap<>();
    private int groups;
    private int at;
    private boolean reads; // whether what stands before this place surely reads a character
    private long unread = 1;

    private PythonPattern(String python) {
        this.python = python;
        this.multiline = MULTILINE.matcher(python).find();
    }

    static String toJava(String python) {
        return new PythonPattern(python).translated();
    }

    private String translated() {
        if (python.length() > LONGEST) {
            throw new RegexException(
                    "bad_pattern",
                    "a pattern of %d characters; it may have %d: %s..."
                            .formatted(python.length(), LONGEST, python.substring(0, 60)));
        }
        while (at < python.length()) {
            char c = python.charAt(at);
            boolean zeroWidth = "()^$|".indexOf(c) >= 0
                    || (c == '\\' && at + 1 < python.length() && "AZbB123456789".indexOf(python.charAt(at + 1)) >= 0);
            reads = c == '{' ? reads : !zeroWidth;
            switch (c) {
                case '\\' -> escape(false);
                case '[' -> characterClass();
                case '(' -> group();
                case '{' -> brace();
                case '^' -> lineStart();
                default -> {
                    java.append(c);
                    at++;
                }
            }
        }
        return java.toString();
    }

    // Java's does not match after the last line break, nor in an empty text.
    private void lineStart() {
        java.append(multiline ? "(?<![^\\n])" : "^");
        at++;
    }

    private void escape(boolean inClass) {
        if (at + 1 >= python.length()) {
            throw new RegexException("bad_pattern", "pattern ends in a backslash: " + python);
        }
        char c = python.charAt(at + 1);
        at += 2;
        switch (c) {
            case 'w' -> java.append(inClass ? WORD : "[" + WORD + "]");
            case 'W' -> java.append("[^" + WORD + "]");
            case 'd' -> java.append("\\p{Nd}");
            case 'D' -> java.append("\\P{Nd}");
            case 's' -> java.append(inClass ? SPACE : "[" + SPACE + "]");
            case 'S' -> java.append("[^" + SPACE + "]");
            case 'b' ->
                java.append(
                        inClass
                                ? "\\x08"
                                : "(?:(?<=[" + WORD + "])(?![" + WORD + "])|(?<![" + WORD + "])(?=[" + WORD + "]))");
            case 'B' ->
                java.append(
                        "(?:(?<=[" + WORD + "])(?=[" + WORD + "])|(?!\\A\\z)(?<![" + WORD + "])(?![" + WORD + "]))");
            case 'Z' -> java.append("\\z");
            case 'v' -> java.append("\\x0b");
            case '0' -> octal();
            case 'U' -> longUnicode();
            default -> plainEscape(c);
        }
    }

    // Python refuses an escaped letter it does not know, and so do we; Java would give some of them a meaning.
    private void plainEscape(char c) {
        if (Character.isLetter(c) && c < 128 && "aAfnrtuxN".indexOf(c) < 0) {
            throw new RegexException("bad_pattern", "\\" + c + " is not an escape of Python's re: " + python);
        }
        java.append('\\').append(c);
    }

    private void octal() {
        int start = at;
        while (at < python.length() && at < start + 2 && python.charAt(at) >= '0' && python.charAt(at) <= '7') {
            at++;
        }
        int value = start == at ? 0 : Integer.parseInt(python.substring(start, at), 8);
        java.append(String.format("\\x%02x", value));
    }

    private void longUnicode() {
        int end = Math.min(at + 8, python.length());
        java.append("\\x{").append(python, at, end).append('}');
        at = end;
    }

    private void characterClass() {
        java.append('[');
        at++;
        if (at < python.length() && python.charAt(at) == '^') {
            java.append('^');
            at++;
        }
        int first = at;
        while (at < python.length() && (python.charAt(at) != ']' || at == first)) {
            char c = python.charAt(at);
            if (c == '\\') {
                escape(true);
                continue;
            }
            if (c == '[' || c == ']' || c == '^' || c == '&') {
                java.append('\\');
            }
            java.append(c);
            at++;
        }
        if (at >= python.length()) {
            throw new RegexException("bad_pattern", "a character class is not closed: " + python);
        }
        java.append(']');
        at++;
    }

    private void group() {
        if (python.startsWith("(?P<", at)) {
            int end = indexOf('>', at);
            groupNames.put(python.substring(at + 4, end), ++groups);
            java.append('(');
            at = end + 1;
        } else if (python.startsWith("(?P=", at)) {
            int end = indexOf(')', at);
            Integer number = groupNames.get(python.substring(at + 4, end));
            if (number == null) {
                throw new RegexException("bad_pattern", "(?P=...) names no group before it: " + python);
            }
            java.append("(?:\\").append(number).append(')');
            at = end + 1;
        } else if (python.startsWith("(?#", at)) {
            at = indexOf(')', at) + 1;
        } else if (python.startsWith("(?(", at)) {
            throw new RegexException("bad_pattern", "conditional groups (?(...)...) are not supported: " + python);
        } else {
            if (!python.startsWith("(?", at)) {
                groups++;
            }
            java.append('(');
            at++;
        }
    }

    private int indexOf(char closing, int from) {
        int end = python.indexOf(closing, from);
        if (end < 0) {
            throw new RegexException("bad_pattern", "a group is not closed: " + python);
        }
        return end;
    }

    // {3}, {3,}, {,3} and {3,5} repeat; any other brace is text, as in \\boxed{(.*)}.
    private void brace() {
        int end = at + 1;
        while (end < python.length() && (Character.isDigit(python.charAt(end)) || python.charAt(end) == ',')) {
            end++;
        }
        String inside = python.substring(at + 1, end);
        boolean repeats = end < python.length()
                && python.charAt(end) == '}'
                && !inside.isEmpty()
                && inside.indexOf(',') == inside.lastIndexOf(',');
        if (repeats) {
            countUnread(inside);
            java.append('{')
                    .append(inside.startsWith(",") ? "0" : "")
                    .append(inside)
                    .append('}');
            at = end + 1;
        } else {
            java.append("\\{");
            at++;
        }
    }

    // What groups hold is not looked at: they may read nothing, and stand within each other.
    private void countUnread(String repetition) {
        String least = repetition.split(",", -1)[0];
        if (reads || least.isEmpty()) {
            return;
        }
        unread = least.length() > 9 ? Long.MAX_VALUE : unread * Math.max(1, Long.parseLong(least));
        if (unread > MOST_UNREAD_REPETITIONS) {
            throw new RegexException(
                    "bad_pattern",
                    "repeated groups and anchors multiply to more than %d repetitions: %s"
                            .formatted(MOST_UNREAD_REPETITIONS, python));
        }
    }
}
