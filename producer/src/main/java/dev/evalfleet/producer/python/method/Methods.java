package dev.evalfleet.producer.python.method;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which methods a value has; templates see these and nothing else of Java.
public final class Methods {
    private Methods() {}

    /// The bound method, or null where the type has none of this name.
    public static @Nullable Callable of(@Nullable Object value, String name) {
        return switch (value) {
            case String text
            when StringMethods.has(name) ->
                (arguments, named) -> StringMethods.call(text, new Arguments(name, arguments, named));
            case List<?> list
            when "index".equals(name) -> (arguments, named) -> index(list, new Arguments(name, arguments, named));
            case List<?> list
            when "count".equals(name) ->
                (arguments, named) -> count(list, new Arguments(name, arguments, named).at(0, "value"));
            case Tuple _ -> null;
            case List<?> list -> listMethod(list, name);
            case Map<?, ?> map -> dictMethod(map, name);
            case null, default -> null;
        };
    }

    private static Object index(List<?> list, Arguments arguments) {
        Object wanted = arguments.at(0, "value");
        long from = arguments.whole(1, "start", 0);
        for (int i = (int) (from < 0 ? Math.max(0, from + list.size()) : from); i < list.size(); i++) {
            if (Python.equal(list.get(i), wanted)) {
                return (long) i;
            }
        }
        throw PythonException.value(Python.shortRepr(wanted) + " is not in list " + Python.shortRepr(list));
    }

    private static Object count(List<?> list, @Nullable Object wanted) {
        return list.stream().filter(item -> Python.equal(item, wanted)).count();
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Callable listMethod(List<?> items, String name) {
        List<@Nullable Object> list = (List<@Nullable Object>) items;
        return switch (name) {
            case "append" ->
                (arguments, named) -> {
                    list.add(new Arguments(name, arguments, named).at(0, "object"));
                    return null;
                };
            case "extend" ->
                (arguments, named) -> {
                    list.addAll(Python.items(new Arguments(name, arguments, named).at(0, "iterable")));
                    return null;
                };
            case "copy" -> (_, _) -> new ArrayList<>(list);
            case "pop" -> (arguments, named) -> pop(list, new Arguments(name, arguments, named).whole(0, "index", -1));
            default -> null;
        };
    }

    private static @Nullable Object pop(List<@Nullable Object> list, long index) {
        long at = index < 0 ? index + list.size() : index;
        if (at < 0 || at >= list.size()) {
            throw new PythonException("IndexError", "pop index out of range");
        }
        return list.remove((int) at);
    }

    private static @Nullable Callable dictMethod(Map<?, ?> map, String name) {
        return switch (name) {
            case "keys" -> (_, _) -> new ArrayList<@Nullable Object>(map.keySet());
            case "values" -> (_, _) -> new ArrayList<@Nullable Object>(map.values());
            case "items" -> (_, _) -> entries(map);
            case "get" ->
                (arguments, named) -> {
                    var given = new Arguments(name, arguments, named);
                    Object key = given.at(0, "key");
                    return map.containsKey(key) ? map.get(key) : given.at(1, "default", null);
                };
            default -> null;
        };
    }

    /// The entries of a dict as (key, value) tuples.
    public static List<@Nullable Object> entries(Map<?, ?> map) {
        var entries = new ArrayList<@Nullable Object>(map.size());
        map.forEach((key, value) -> {
            var pair = new ArrayList<@Nullable Object>();
            pair.add(key);
            pair.add(value);
            entries.add(new Tuple(pair));
        });
        return entries;
    }
}
