package dev.evalfleet.producer.template.filter;

import dev.evalfleet.producer.python.Python;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `tojson` as jinja2 writes it: ASCII, keys sorted, safe inside HTML.
final class Json {
    private Json() {}

    static String text(@Nullable Object value) {
        var out = new StringBuilder();
        append(out, value);
        return out.toString()
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("'", "\\u0027");
    }

    private static void append(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case String text -> quote(out, text);
            case List<?> list -> {
                String separator = "[";
                for (Object item : list) {
                    append(out.append(separator), item);
                    separator = ", ";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                var sorted = new TreeMap<String, @Nullable Object>();
                map.forEach((key, item) -> sorted.put(Python.str(key), item));
                String separator = "{";
                for (Map.Entry<String, ?> entry : sorted.entrySet()) {
                    quote(out.append(separator), entry.getKey());
                    append(out.append(": "), entry.getValue());
                    separator = ", ";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            default -> out.append(Python.str(value));
        }
    }

    private static void quote(StringBuilder out, String text) {
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
                default -> out.append(letter < 0x20 || letter > 0x7e ? String.format("\\u%04x", (int) letter) : letter);
            }
        }
        out.append('"');
    }
}
