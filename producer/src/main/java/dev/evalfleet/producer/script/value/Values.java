package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.Undefined;
import dev.evalfleet.producer.python.method.Callable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `for`, `len` and brackets do with any value.
public final class Values {
    private Values() {}

    public static Iterator<? extends @Nullable Object> iterator(@Nullable Object value) {
        return switch (value) {
            case Rows rows -> rows.iterator();
            case Iterator<?> iterator -> iterator;
            case null, default -> Python.items(value).iterator();
        };
    }

    public static List<@Nullable Object> items(@Nullable Object value) {
        if (value instanceof Rows rows) {
            var items = new ArrayList<@Nullable Object>();
            rows.iterator().forEachRemaining(items::add);
            return items;
        }
        return Python.items(value);
    }

    public static long length(@Nullable Object value) {
        return switch (value) {
            case Rows rows -> rows.count();
            case Bytes(var bytes) -> bytes.length;
            case null, default -> Python.length(value);
        };
    }

    /// `of[key]`; raises where there is no such item.
    public static @Nullable Object item(@Nullable Object of, @Nullable Object key) {
        if (of instanceof Rows rows) {
            return rows.item(key);
        }
        if (of instanceof Map<?, ?> map) {
            Object own = key(map, key);
            if (!map.containsKey(own)) {
                throw new PythonException("KeyError", Python.repr(key) + known(map));
            }
            return map.get(own);
        }
        if (of instanceof PythonObject object) {
            if (object.member("__getitem__") instanceof Callable get) {
                return get.call(Collections.singletonList(key), Map.of());
            }
            throw PythonException.type("object is not subscriptable");
        }
        Object found = Indexing.item(of, key);
        if (found instanceof Undefined missing) {
            boolean isIndex = (of instanceof List<?> || of instanceof String) && key instanceof Long;
            throw new PythonException(isIndex ? "IndexError" : "TypeError", missing.message());
        }
        return found;
    }

    /// The key of a dict that equals a value: 1, 1.0 and True are one.
    public static @Nullable Object key(Map<?, ?> map, @Nullable Object wanted) {
        if (map.containsKey(wanted) || wanted == null || !Python.isNumber(wanted)) {
            return wanted;
        }
        for (Object key : map.keySet()) {
            if (Python.isNumber(key) && Python.equal(key, wanted)) {
                return key;
            }
        }
        return wanted;
    }

    private static String known(Map<?, ?> map) {
        return map.isEmpty() || map.size() > 30
                ? ""
                : " (there are "
                        + String.join(
                                ", ", map.keySet().stream().map(String::valueOf).toList()) + ")";
    }

    /// A copy that shares nothing with the value.
    public static @Nullable Object deepCopy(@Nullable Object value) {
        return switch (value) {
            case Tuple tuple -> new Tuple(copies(tuple));
            case List<?> list -> copies(list);
            case Set<?> set -> new LinkedHashSet<>(set);
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>();
                map.forEach((key, item) -> copy.put(key, deepCopy(item)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    private static List<@Nullable Object> copies(List<?> list) {
        var copies = new ArrayList<@Nullable Object>(list.size());
        list.forEach(item -> copies.add(deepCopy(item)));
        return copies;
    }
}
