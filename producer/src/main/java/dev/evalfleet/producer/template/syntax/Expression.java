package dev.evalfleet.producer.template.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An expression of a template.
public sealed interface Expression {
    record Literal(@Nullable Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record TupleOf(List<Expression> items) implements Expression {}

    record DictOf(List<Map.Entry<Expression, Expression>> entries) implements Expression {}

    record Attribute(Expression of, String name) implements Expression {}

    record Item(Expression of, Expression key) implements Expression {}

    record Slice(Expression of, @Nullable Expression from, @Nullable Expression to, @Nullable Expression step)
            implements Expression {}

    record Call(Expression callee, List<Expression> arguments, Map<String, Expression> named) implements Expression {}

    record Filter(Expression of, String name, List<Expression> arguments, Map<String, Expression> named)
            implements Expression {}

    record Test(Expression of, String name, List<Expression> arguments) implements Expression {}

    record Not(Expression of) implements Expression {}

    record Negative(Expression of) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    record Compare(Expression first, List<Link> links) implements Expression {}

    /// One step of a chained comparison.
    record Link(String operator, Expression right) {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Conditional(Expression test, Expression then, @Nullable Expression otherwise) implements Expression {}

    record Concat(List<Expression> parts) implements Expression {}
}
