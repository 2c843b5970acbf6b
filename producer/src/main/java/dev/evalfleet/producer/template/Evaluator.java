package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.Undefined;
import dev.evalfleet.producer.python.method.Access;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.template.filter.Filters;
import dev.evalfleet.producer.template.filter.Tests;
import dev.evalfleet.producer.template.syntax.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The value of an expression.
final class Evaluator {
    private Evaluator() {}

    static @Nullable Object value(Expression expression, Scope scope) {
        scope.step();
        return switch (expression) {
            case Expression.Literal(var value) -> value;
            case Expression.Name(var name) -> scope.get(name);
            case Expression.Attribute(var of, var name) -> attribute(value(of, scope), name);
            case Expression.Item(var of, var key) -> Access.item(value(of, scope), value(key, scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter -> filter(filter, scope);
            case Expression.Test(var of, var name, var arguments) ->
                Tests.holds(name, value(of, scope), values(arguments, scope));
            case Expression.ListOf(var items) -> values(items, scope);
            case Expression.TupleOf(var items) -> new Tuple(values(items, scope));
            case Expression.DictOf(var entries) -> dict(entries, scope);
            case Expression.Not(var of) -> !Python.truth(value(of, scope));
            case Expression.Negative(var of) -> Operators.negative(value(of, scope));
            case Expression.Binary(var operator, var left, var right) ->
                Operators.binary(operator, value(left, scope), value(right, scope));
            case Expression.Compare(var first, var links) -> compare(first, links, scope);
            case Expression.And(var left, var right) -> {
                Object first = value(left, scope);
                yield Python.truth(first) ? value(right, scope) : first;
            }
            case Expression.Or(var left, var right) -> {
                Object first = value(left, scope);
                yield Python.truth(first) ? first : value(right, scope);
            }
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Concat(var parts) -> concat(parts, scope);
        };
    }

    private static List<@Nullable Object> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<@Nullable Object>(expressions.size());
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private static Map<@Nullable Object, @Nullable Object> dict(
            List<Map.Entry<Expression, Expression>> entries, Scope scope) {
        var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        entries.forEach(entry -> map.put(value(entry.getKey(), scope), value(entry.getValue(), scope)));
        return map;
    }

    private static @Nullable Object attribute(@Nullable Object of, String name) {
        if (of instanceof Globals.Namespace(var fields)) {
            return fields.containsKey(name) ? fields.get(name) : new Undefined("the namespace has no '" + name + "'");
        }
        return Access.attribute(of, name);
    }

    private static Object slice(Expression.Slice slice, Scope scope) {
        return Indexing.slice(
                value(slice.of(), scope),
                slice.from() == null ? null : value(slice.from(), scope),
                slice.to() == null ? null : value(slice.to(), scope),
                slice.step() == null ? null : value(slice.step(), scope));
    }

    private static @Nullable Object call(Expression.Call call, Scope scope) {
        Object callee = value(call.callee(), scope);
        if (callee instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (!(callee instanceof Callable function)) {
            throw new PythonException("TypeError", "'" + Python.typeName(callee) + "' object is not callable");
        }
        return function.call(values(call.arguments(), scope), named(call.named(), scope));
    }

    private static Map<String, @Nullable Object> named(Map<String, Expression> expressions, Scope scope) {
        if (expressions.isEmpty()) {
            return Map.of();
        }
        var named = new LinkedHashMap<String, @Nullable Object>();
        expressions.forEach((name, expression) -> named.put(name, value(expression, scope)));
        return named;
    }

    private static @Nullable Object filter(Expression.Filter filter, Scope scope) {
        Object of = value(filter.of(), scope);
        var arguments = new Arguments(filter.name(), values(filter.arguments(), scope), named(filter.named(), scope));
        return Filters.apply(of, arguments);
    }

    private static boolean compare(Expression first, List<Expression.Link> links, Scope scope) {
        Object left = value(first, scope);
        for (Expression.Link link : links) {
            Object right = value(link.right(), scope);
            if (!Operators.compare(left, link.operator(), right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static @Nullable Object conditional(Expression.Conditional conditional, Scope scope) {
        if (Python.truth(value(conditional.test(), scope))) {
            return value(conditional.then(), scope);
        }
        return conditional.otherwise() == null
                ? "" // jinja2 gives an undefined here that prints as nothing, strict or not
                : value(conditional.otherwise(), scope);
    }

    private static String concat(List<Expression> parts, Scope scope) {
        var out = new StringBuilder();
        for (Expression part : parts) {
            String text = Python.str(value(part, scope));
            Operators.bounded(text, out.length());
            out.append(text);
        }
        return out.toString();
    }
}
