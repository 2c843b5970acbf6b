package dev.evalfleet.producer.python;

import dev.evalfleet.runtime.python.PythonNumber;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as Python's `json.dumps(value, ensure_ascii=False)` writes it, byte for byte: its separators, its floats, its
/// escapes, and `NaN` and `Infinity` where they occur.
public final class PythonJson {
    private static final int NOT_INDENTED = -1;

    private final StringBuilder out = new StringBuilder();
    private final int indent;

    private PythonJson(int indent) {
        this.indent = indent;
    }

    /// On one line.
    public static String line(@Nullable Object value) {
        var json = new PythonJson(NOT_INDENTED);
        json.value(value, 0);
        return json.out.toString();
    }

    /// One item a line, nested ones two spaces further in, as with `indent=2`.
    public static String indented(@Nullable Object value) {
        var json = new PythonJson(2);
        json.value(value, 0);
        return json.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case String text -> text(text);
            case Double number -> out.append(number(number));
            case Number number -> out.append(number);
            case Map<?, ?> map -> object(map, depth + 1);
            case Collection<?> items -> array(items, depth + 1);
            default -> text(Python.str(value));
        }
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : PythonNumber.text(number);
    }

    private void object(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        String before = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            newLine(depth);
            text(key(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), depth);
            before = separator();
        }
        newLine(depth - 1);
        out.append('}');
    }

    private void array(Collection<?> items, int depth) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        String before = "[";
        for (Object item : items) {
            out.append(before);
            newLine(depth);
            value(item, depth);
            before = separator();
        }
        newLine(depth - 1);
        out.append(']');
    }

    private static String key(@Nullable Object key) {
        return switch (key) {
            case String text -> text;
            case null -> "null";
            case Boolean flag -> flag.toString();
            case Double number -> number(number);
            default -> Python.str(key);
        };
    }

    private String separator() {
        return indent == NOT_INDENTED ? ", " : ",";
    }

    private void newLine(int depth) {
        if (indent != NOT_INDENTED) {
            out.append('\n').repeat(' ', indent * depth);
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (letter < ' ') {
                        out.append(String.format("\\u%04x", (int) letter));
                    } else {
                        out.append(letter);
                    }
                }
            }
        }
        out.append('"');
    }
}
