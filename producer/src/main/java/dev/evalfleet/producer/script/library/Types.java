package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.script.value.Values;
import dev.evalfleet.runtime.python.PythonNumber;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `str`, `int`, `list` and the other types that are called to make a value.
final class Types {
    private Types() {}

    static Map<String, TypeObject> all() {
        var types = new LinkedHashMap<String, TypeObject>();
        for (TypeObject type : List.of(
                new TypeObject("str", (a, _) -> a.isEmpty() ? "" : Python.str(a.getFirst()), v -> v instanceof String),
                new TypeObject(
                        "int",
                        (a, _) -> whole(a),
                        v -> v instanceof Long || v instanceof BigInteger || v instanceof Boolean),
                new TypeObject("float", (a, _) -> a.isEmpty() ? 0.0 : real(a.getFirst()), v -> v instanceof Double),
                new TypeObject("bool", (a, _) -> !a.isEmpty() && Python.truth(a.getFirst()), v -> v instanceof Boolean),
                new TypeObject("list", (a, _) -> items(a), v -> v instanceof List<?> && !(v instanceof Tuple)),
                new TypeObject("tuple", (a, _) -> new Tuple(items(a)), v -> v instanceof Tuple),
                new TypeObject("dict", Types::dict, v -> v instanceof Map<?, ?>),
                new TypeObject("set", (a, _) -> new LinkedHashSet<>(items(a)), v -> v instanceof Set<?>),
                new TypeObject("frozenset", (a, _) -> new LinkedHashSet<>(items(a)), v -> v instanceof Set<?>))) {
            types.put(type.name(), type);
        }
        return types;
    }

    private static List<@Nullable Object> items(List<@Nullable Object> arguments) {
        return arguments.isEmpty() ? new ArrayList<>() : Values.items(arguments.getFirst());
    }

    private static Object dict(List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        if (!arguments.isEmpty()) {
            if (arguments.getFirst() instanceof Map<?, ?> other) {
                map.putAll(other);
            } else {
                Values.items(arguments.getFirst())
                        .forEach(pair -> map.put(Values.item(pair, 0L), Values.item(pair, 1L)));
            }
        }
        map.putAll(named);
        return map;
    }

    private static Object whole(List<@Nullable Object> arguments) {
        Object value = arguments.isEmpty() ? (Object) 0L : arguments.getFirst();
        return switch (value) {
            case Long _, BigInteger _ -> value;
            case Boolean flag -> flag ? 1L : 0L;
            case Double number -> {
                if (!Double.isFinite(number)) {
                    throw PythonException.value("cannot convert float " + Python.str(number) + " to integer");
                }
                yield Operators.whole(number);
            }
            case String text -> parsed(text);
            case null, default ->
                throw PythonException.type("int() argument must be a number, not '" + Python.typeName(value) + "'");
        };
    }

    private static Object parsed(String text) {
        return PythonNumber.whole(Strings.strip(text))
                .map(Operators::number)
                .orElseThrow(
                        () -> PythonException.value("invalid literal for int() with base 10: " + Python.repr(text)));
    }

    private static double real(@Nullable Object value) {
        if (value instanceof String text) {
            return PythonNumber.real(Strings.strip(text))
                    .orElseThrow(
                            () -> PythonException.value("could not convert string to float: " + Python.repr(text)));
        }
        if (value == null || !Python.isNumber(value)) {
            throw PythonException.type("float() argument must be a number, not '" + Python.typeName(value) + "'");
        }
        return ((Number) Python.plainNumber(value)).doubleValue();
    }
}
