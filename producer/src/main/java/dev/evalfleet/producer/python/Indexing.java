package dev.evalfleet.producer.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `value[key]` and `value[from:to:step]`.
public final class Indexing {
    private Indexing() {}

    /// The item, or [Undefined] where there is none.
    public static @Nullable Object item(@Nullable Object of, @Nullable Object key) {
        if (of instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (of instanceof Map<?, ?> map && map.containsKey(key)) {
            return map.get(key);
        }
        if (key instanceof Long || key instanceof Boolean) {
            long index = ((Number) Python.plainNumber(key)).longValue();
            if (of instanceof List<?> list) {
                long at = index < 0 ? index + list.size() : index;
                return at >= 0 && at < list.size() ? list.get((int) at) : missing(of, key);
            }
            if (of instanceof String text) {
                long length = Python.length(text);
                long at = index < 0 ? index + length : index;
                return at >= 0 && at < length ? letter(text, (int) at) : missing(of, key);
            }
        }
        return missing(of, key);
    }

    private static String letter(String text, int at) {
        return Character.toString(text.codePointAt(text.offsetByCodePoints(0, at)));
    }

    private static Undefined missing(@Nullable Object of, @Nullable Object key) {
        return new Undefined(
                key instanceof String name
                        ? noSuchField(of, name)
                        : "'" + Python.typeName(of) + " object' has no element " + Python.repr(key));
    }

    /// The sentence for a field that a value does not have; it lists those of a dict.
    public static String noSuchField(@Nullable Object of, String name) {
        String known = of instanceof Map<?, ?> map && !map.isEmpty() && map.size() <= 30
                ? " (it has "
                        + String.join(
                                ", ", map.keySet().stream().map(String::valueOf).toList()) + ")"
                : "";
        return of == null
                ? "None has no attribute '" + name + "'"
                : "'" + Python.typeName(of) + " object' has no attribute '" + name + "'" + known;
    }

    public static Object slice(@Nullable Object of, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        if (of instanceof String text) {
            var out = new StringBuilder();
            int[] points = text.codePoints().toArray();
            for (int index : indices(points.length, from, to, step)) {
                out.appendCodePoint(points[index]);
            }
            return out.toString();
        }
        if (of instanceof List<?> list) {
            var items = new ArrayList<@Nullable Object>();
            for (int index : indices(list.size(), from, to, step)) {
                items.add(list.get(index));
            }
            return of instanceof Tuple ? new Tuple(items) : items;
        }
        if (of instanceof Undefined undefined) {
            throw undefined.raised();
        }
        throw PythonException.type("'" + Python.typeName(of) + "' object is not subscriptable");
    }

    private static int[] indices(int length, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        long stride = step == null ? 1 : whole(step);
        if (stride == 0) {
            throw PythonException.value("slice step cannot be zero");
        }
        long lowest = stride > 0 ? 0 : -1;
        long highest = stride > 0 ? length : length - 1L;
        long start = from == null ? (stride > 0 ? lowest : highest) : bound(whole(from), length, lowest, highest);
        long end = to == null ? (stride > 0 ? highest : lowest) : bound(whole(to), length, lowest, highest);
        var found = new ArrayList<Integer>();
        for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
            found.add((int) i);
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private static long bound(long index, long length, long lowest, long highest) {
        return Math.clamp(index < 0 ? index + length : index, lowest, highest);
    }

    public static long whole(@Nullable Object value) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case Undefined undefined -> throw undefined.raised();
            case null, default ->
                throw PythonException.type(
                        "'" + Python.typeName(value) + "' object cannot be interpreted as an integer");
        };
    }
}
