package dev.evalfleet.producer.template.filter;

import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.Undefined;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Jinja's tests: what may follow `is`.
public final class Tests {
    private static final Map<String, String> COMPARISONS = Map.ofEntries(
            Map.entry("eq", "=="),
            Map.entry("equalto", "=="),
            Map.entry("ne", "!="),
            Map.entry("lt", "<"),
            Map.entry("lessthan", "<"),
            Map.entry("le", "<="),
            Map.entry("gt", ">"),
            Map.entry("greaterthan", ">"),
            Map.entry("ge", ">="),
            Map.entry("in", "in"));

    private static final Set<String> OTHERS = Set.of(
            "defined",
            "undefined",
            "none",
            "boolean",
            "false",
            "true",
            "integer",
            "float",
            "number",
            "string",
            "mapping",
            "sequence",
            "iterable",
            "lower",
            "upper",
            "odd",
            "even",
            "divisibleby",
            "sameas",
            "callable");

    private Tests() {}

    public static boolean has(String name) {
        return COMPARISONS.containsKey(name) || OTHERS.contains(name);
    }

    public static boolean holds(String name, @Nullable Object value, List<@Nullable Object> arguments) {
        if (name.equals("defined") || name.equals("undefined")) {
            return value instanceof Undefined == name.equals("undefined");
        }
        String operator = COMPARISONS.get(name);
        if (operator != null) {
            return Operators.compare(value, operator, arguments.getFirst());
        }
        if (value instanceof Undefined undefined && !name.equals("none")) {
            throw undefined.raised();
        }
        return switch (name) {
            case "none" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> value instanceof Long || value instanceof BigInteger;
            case "float" -> value instanceof Double;
            case "number" -> Python.isNumber(value);
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map<?, ?>;
            case "sequence", "iterable" ->
                value instanceof String || value instanceof Collection<?> || value instanceof Map<?, ?>;
            case "lower" -> value instanceof String text && text.equals(text.toLowerCase(Locale.ROOT)) && cased(text);
            case "upper" -> value instanceof String text && text.equals(text.toUpperCase(Locale.ROOT)) && cased(text);
            case "odd" -> Python.equal(Operators.binary("%", value, 2L), 1L);
            case "even" -> Python.equal(Operators.binary("%", value, 2L), 0L);
            case "divisibleby" -> Python.equal(Operators.binary("%", value, arguments.getFirst()), 0L);
            case "sameas" -> Python.equal(value, arguments.getFirst());
            default -> false;
        };
    }

    private static boolean cased(String text) {
        return text.codePoints().anyMatch(point -> Character.isUpperCase(point) || Character.isLowerCase(point));
    }
}
