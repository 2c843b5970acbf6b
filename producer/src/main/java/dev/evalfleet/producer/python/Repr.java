package dev.evalfleet.producer.python;

import dev.evalfleet.runtime.python.PythonNumber;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How Python writes a value as source text.
final class Repr {
    private Repr() {}

    static void append(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("None");
            case String text -> appendText(out, text);
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Double number -> out.append(PythonNumber.text(number));
            case Tuple items -> {
                appendItems(out.append('('), items);
                out.append(items.size() == 1 ? ",)" : ")");
            }
            case List<?> items -> {
                appendItems(out.append('['), items);
                out.append(']');
            }
            case Map<?, ?> map -> appendEntries(out, map);
            case Undefined undefined -> throw undefined.raised();
            default -> out.append(value);
        }
    }

    private static void appendItems(StringBuilder out, List<?> items) {
        String separator = "";
        for (Object item : items) {
            append(out.append(separator), item);
            separator = ", ";
        }
    }

    private static void appendEntries(StringBuilder out, Map<?, ?> map) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            append(out.append(separator), entry.getKey());
            append(out.append(": "), entry.getValue());
            separator = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private static void appendText(StringBuilder out, String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (point == quote) {
                        out.append('\\').append(quote);
                    } else if (printable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        appendEscape(out, point);
                    }
                }
            }
        });
        out.append(quote);
    }

    private static void appendEscape(StringBuilder out, int point) {
        if (point < 0x100) {
            out.append("\\x").append(hex(point, 2));
        } else if (point < 0x10000) {
            out.append("\\u").append(hex(point, 4));
        } else {
            out.append("\\U").append(hex(point, 8));
        }
    }

    private static String hex(int point, int width) {
        String digits = Integer.toHexString(point);
        return "0".repeat(width - digits.length()) + digits;
    }

    static boolean printable(int point) {
        if (point == ' ') {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
