package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.Formatting;
import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The value of an expression.
final class Evaluator {
    private Evaluator() {}

    static @Nullable Object value(Node node, Scope scope) {
        return switch (node) {
            case Node.Literal(var value) -> value;
            case Node.Name(var name) -> scope.get(name);
            case Node.Attribute(var of, var name) -> Members.get(value(of, scope), name);
            case Node.Item(var of, var key) -> Values.item(value(of, scope), value(key, scope));
            case Node.Slice(var of, var from, var to, var step) ->
                Indexing.slice(value(of, scope), optional(from, scope), optional(to, scope), optional(step, scope));
            case Node.Call call -> call(call, scope);
            case Node.Unary(var operator, var of) -> unary(operator, value(of, scope));
            case Node.Binary(var operator, var left, var right) ->
                binary(operator, value(left, scope), value(right, scope));
            case Node.And(var left, var right) -> {
                Object first = value(left, scope);
                yield Python.truth(first) ? value(right, scope) : first;
            }
            case Node.Or(var left, var right) -> {
                Object first = value(left, scope);
                yield Python.truth(first) ? first : value(right, scope);
            }
            case Node.Compare(var first, var links) -> compare(first, links, scope);
            case Node.Conditional(var test, var then, var otherwise) ->
                value(Python.truth(value(test, scope)) ? then : otherwise, scope);
            case Node.ListOf(var items) -> values(items, scope);
            case Node.TupleOf(var items) -> new Tuple(values(items, scope));
            case Node.SetOf(var items) -> new LinkedHashSet<>(values(items, scope));
            case Node.DictOf(var entries) -> dict(entries, scope);
            case Node.Starred _ -> throw new ScriptException("a star is not understood here");
            case Node.Lambda(var parameters, var body) ->
                new Function("<lambda>", parameters, List.of(new Statement.Return(0, body)), scope);
            case Node.Comprehension comprehension -> Comprehensions.value(comprehension, scope);
            case Node.Formatted(var parts) -> formatted(parts, scope);
            case Node.FormattedValue part -> formatted(part, scope);
            case Node.Assigned(var name, var of) -> {
                Object value = value(of, scope);
                scope.set(name, value);
                yield value;
            }
        };
    }

    private static @Nullable Object optional(@Nullable Node node, Scope scope) {
        return node == null ? null : value(node, scope);
    }

    private static List<@Nullable Object> values(List<Node> nodes, Scope scope) {
        var values = new ArrayList<@Nullable Object>(nodes.size());
        for (Node node : nodes) {
            if (node instanceof Node.Starred(var of)) {
                values.addAll(Values.items(value(of, scope)));
            } else {
                values.add(value(node, scope));
            }
        }
        return values;
    }

    private static Map<@Nullable Object, @Nullable Object> dict(List<Node.Entry> entries, Scope scope) {
        var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        for (Node.Entry entry : entries) {
            if (entry.key() != null) {
                map.put(value(entry.key(), scope), value(entry.value(), scope));
            } else if (value(entry.value(), scope) instanceof Map<?, ?> other) {
                map.putAll(other);
            } else {
                throw PythonException.type("** needs a dict");
            }
        }
        return map;
    }

    private static @Nullable Object call(Node.Call call, Scope scope) {
        if (call.callee() instanceof Node.Name(var name) && name.equals("globals")) {
            return scope.module().globals();
        }
        Object callee = value(call.callee(), scope);
        if (!(callee instanceof Callable function)) {
            throw PythonException.type("'" + Python.typeName(callee) + "' object is not callable");
        }
        var positional = new ArrayList<@Nullable Object>();
        var named = new LinkedHashMap<String, @Nullable Object>();
        for (Node.Argument argument : call.arguments()) {
            Object value = value(argument.value(), scope);
            if (argument.stars() == 1) {
                positional.addAll(Values.items(value));
            } else if (argument.stars() == 2 && value instanceof Map<?, ?> map) {
                map.forEach((key, given) -> named.put(Python.str(key), given));
            } else if (argument.name() != null) {
                named.put(argument.name(), value);
            } else {
                positional.add(value);
            }
        }
        return function.call(positional, named);
    }

    private static @Nullable Object unary(String operator, @Nullable Object value) {
        return switch (operator) {
            case "not" -> !Python.truth(value);
            case "-" -> Operators.negative(value);
            case "+" -> Operators.binary("+", 0L, value);
            default -> throw new ScriptException("the operator " + operator + " is not understood");
        };
    }

    static @Nullable Object binary(String operator, @Nullable Object left, @Nullable Object right) {
        if (left instanceof Set<?> a && right instanceof Set<?> b && "|&-".contains(operator)) {
            return Members.combined(operator, a, b);
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b && operator.equals("|")) {
            var merged = new LinkedHashMap<Object, @Nullable Object>(a);
            merged.putAll(b);
            return merged;
        }
        if (left instanceof Long a && right instanceof Long b && "|&^".contains(operator)) {
            return operator.equals("|") ? a | b : operator.equals("&") ? a & b : a ^ b;
        }
        if (left instanceof Boolean a && right instanceof Boolean b && "|&^".contains(operator)) {
            return operator.equals("|") ? a || b : operator.equals("&") ? a && b : !a.equals(b);
        }
        if (operator.equals("/") && left instanceof dev.evalfleet.producer.script.value.PythonObject) {
            return Members.call(left, "joinpath", right);
        }
        return Operators.binary(operator, left, right);
    }

    private static boolean compare(Node first, List<Node.Link> links, Scope scope) {
        Object left = value(first, scope);
        for (Node.Link link : links) {
            Object right = value(link.right(), scope);
            boolean holds =
                    switch (link.operator()) {
                        case "is" -> same(left, right);
                        case "is not" -> !same(left, right);
                        case "in" -> contains(right, left);
                        case "not in" -> !contains(right, left);
                        default -> Operators.compare(left, link.operator(), right);
                    };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static boolean same(@Nullable Object left, @Nullable Object right) {
        return left == right || (left instanceof Boolean flag && flag.equals(right));
    }

    private static boolean contains(@Nullable Object haystack, @Nullable Object needle) {
        if (haystack instanceof Map<?, ?> map) {
            return map.containsKey(Values.key(map, needle));
        }
        return (haystack instanceof Set<?> set && set.contains(needle)) || Operators.contains(haystack, needle);
    }

    private static String formatted(List<Node> parts, Scope scope) {
        var out = new StringBuilder();
        parts.forEach(part -> out.append(Python.str(value(part, scope))));
        return out.toString();
    }

    private static String formatted(Node.FormattedValue part, Scope scope) {
        Object value = value(part.value(), scope);
        if (part.conversion() != null) {
            value = part.conversion().equals("s") ? Python.str(value) : Python.repr(value);
        }
        if (part.spec() == null) {
            return Python.str(value);
        }
        String spec = Python.str(value(part.spec(), scope));
        return Formatting.format("{:" + spec + "}", Collections.singletonList(value), Map.of());
    }
}
