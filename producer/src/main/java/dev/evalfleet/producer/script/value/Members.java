package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.python.method.Methods;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `value.name`: methods of Python's own types beyond those templates have, and members of other values.
public final class Members {
    /// There is no such member.
    public static final Object NONE = new Object();

    private Members() {}

    public static @Nullable Object get(@Nullable Object of, String name) {
        Object found = find(of, name);
        if (found == NONE) {
            throw new PythonException(
                    "AttributeError", "'" + Python.typeName(of) + "' object has no attribute '" + name + "'");
        }
        return found;
    }

    public static @Nullable Object call(@Nullable Object of, String method, @Nullable Object argument) {
        return ((Callable) java.util.Objects.requireNonNull(get(of, method)))
                .call(Collections.singletonList(argument), Map.of());
    }

    @SuppressWarnings("unchecked") // lists, dicts and sets of Python hold anything
    private static @Nullable Object find(@Nullable Object of, String name) {
        Callable own =
                switch (of) {
                    case PythonObject object -> null;
                    case List<?> list -> ListMembers.of((List<@Nullable Object>) list, name);
                    case Map<?, ?> map -> dict((Map<@Nullable Object, @Nullable Object>) map, name);
                    case Set<?> set -> set((Set<@Nullable Object>) set, name);
                    case String text
                    when name.equals("encode") -> (_, _) -> new Bytes(text.getBytes(StandardCharsets.UTF_8));
                    case String _ when name.equals("maketrans") -> null;
                    case Double number when name.equals("is_integer") -> (_, _) -> number == Math.rint(number);
                    case null, default -> null;
                };
        if (own != null) {
            return own;
        }
        if (of instanceof PythonObject object) {
            return object.member(name);
        }
        Callable shared = Methods.of(of, name);
        return shared == null ? NONE : shared;
    }

    private static @Nullable Callable dict(Map<@Nullable Object, @Nullable Object> map, String name) {
        return switch (name) {
            case "update" ->
                (positional, named) -> {
                    if (!positional.isEmpty()) {
                        if (positional.getFirst() instanceof Map<?, ?> other) {
                            map.putAll(other);
                        } else {
                            Python.items(positional.getFirst())
                                    .forEach(pair -> map.put(Values.item(pair, 0L), Values.item(pair, 1L)));
                        }
                    }
                    map.putAll(named);
                    return null;
                };
            case "pop" ->
                (positional, named) -> {
                    var given = new Arguments(name, positional, named);
                    Object key = given.at(0, "key");
                    if (map.containsKey(key)) {
                        return map.remove(key);
                    }
                    if (given.has(1, "default")) {
                        return given.at(1, "default");
                    }
                    throw new PythonException("KeyError", Python.repr(key));
                };
            case "get" ->
                (positional, named) -> {
                    var given = new Arguments(name, positional, named);
                    Object key = Values.key(map, given.at(0, "key"));
                    return map.containsKey(key) ? map.get(key) : given.at(1, "default", null);
                };
            case "setdefault" ->
                (positional, named) -> {
                    var given = new Arguments(name, positional, named);
                    Object key = given.at(0, "key");
                    if (!map.containsKey(key)) {
                        map.put(key, given.at(1, "default", null));
                    }
                    return map.get(key);
                };
            case "copy" -> (_, _) -> new LinkedHashMap<>(map);
            case "clear" ->
                (_, _) -> {
                    map.clear();
                    return null;
                };
            default -> null;
        };
    }

    private static @Nullable Callable set(Set<@Nullable Object> set, String name) {
        return switch (name) {
            case "add" -> (positional, _) -> discarded(set.add(positional.getFirst()));
            case "discard", "remove" -> (positional, _) -> discarded(set.remove(positional.getFirst()));
            case "update" -> (positional, _) -> discarded(set.addAll(Values.items(positional.getFirst())));
            case "union" -> (positional, _) -> combined("|", set, asSet(positional.getFirst()));
            case "intersection" -> (positional, _) -> combined("&", set, asSet(positional.getFirst()));
            case "difference" -> (positional, _) -> combined("-", set, asSet(positional.getFirst()));
            case "issubset" -> (positional, _) -> asSet(positional.getFirst()).containsAll(set);
            case "issuperset" -> (positional, _) -> set.containsAll(Values.items(positional.getFirst()));
            case "isdisjoint" -> (positional, _) -> Collections.disjoint(set, Values.items(positional.getFirst()));
            case "copy" -> (_, _) -> new LinkedHashSet<>(set);
            default -> null;
        };
    }

    private static @Nullable Object discarded(boolean ignored) {
        return null;
    }

    private static Set<@Nullable Object> asSet(@Nullable Object value) {
        return new LinkedHashSet<>(Values.items(value));
    }

    /// `left | right`, `left & right` and `left - right` of sets.
    public static Set<@Nullable Object> combined(String operator, Set<?> left, Set<?> right) {
        var result = new LinkedHashSet<@Nullable Object>(left);
        switch (operator) {
            case "|" -> result.addAll(right);
            case "&" -> result.retainAll(right);
            default -> result.removeAll(right);
        }
        return result;
    }

    /// `sorted`, `list.sort`: stable, by a key.
    public static List<@Nullable Object> sorted(List<@Nullable Object> items, @Nullable Object key, boolean reverse) {
        var keyed = new ArrayList<Map.Entry<List<@Nullable Object>, Object>>();
        for (Object item : items) {
            Object by =
                    key instanceof Callable function ? function.call(Collections.singletonList(item), Map.of()) : item;
            keyed.add(Map.entry(Collections.singletonList(by), Collections.singletonList(item)));
        }
        Comparator<Map.Entry<List<@Nullable Object>, Object>> order =
                (a, b) -> Python.compare(a.getKey().getFirst(), b.getKey().getFirst());
        keyed.sort(reverse ? order.reversed() : order);
        var sorted = new ArrayList<@Nullable Object>(keyed.size());
        keyed.forEach(entry -> sorted.add(((List<?>) entry.getValue()).getFirst()));
        return sorted;
    }
}
