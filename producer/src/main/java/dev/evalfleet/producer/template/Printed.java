package dev.evalfleet.producer.template;

import dev.evalfleet.producer.template.syntax.Expression;
import dev.evalfleet.producer.template.syntax.Statement;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds the names of its caller that a template prints outside of every condition, loop and fallback.
final class Printed {
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> own = new HashSet<>();

    private Printed() {}

    static Set<String> names(List<Statement> statements) {
        var printed = new Printed();
        statements.forEach(printed::collect);
        printed.names.removeAll(printed.own);
        printed.names.removeIf(name -> Globals.named(name) != null);
        return printed.names;
    }

    private void collect(Statement statement) {
        switch (statement) {
            case Statement.Output(var value) -> collect(value);
            case Statement.Set set -> assigned(set.target());
            case Statement.SetBlock set -> assigned(set.target());
            default -> {
                // what stands inside a block is printed only sometimes
            }
        }
    }

    private void assigned(Statement.Target target) {
        switch (target) {
            case Statement.Target.Name(var name) -> own.add(name);
            case Statement.Target.Field field -> own.add(field.namespace());
            case Statement.Target.Several(var targets) -> targets.forEach(this::assigned);
        }
    }

    private void collect(Expression expression) {
        switch (expression) {
            case Expression.Name(var name) -> names.add(name);
            case Expression.Attribute attribute -> collect(attribute.of());
            case Expression.Item item -> collect(item.of());
            case Expression.Slice slice -> collect(slice.of());
            case Expression.Call call -> collect(call.callee());
            case Expression.Filter filter -> {
                if (!filter.name().equals("default") && !filter.name().equals("d")) {
                    collect(filter.of());
                }
            }
            case Expression.Binary sum -> {
                collect(sum.left());
                collect(sum.right());
            }
            case Expression.Concat(var parts) -> parts.forEach(this::collect);
            default -> {
                // conditions, comparisons and literals do not print a name's value for certain
            }
        }
    }
}
