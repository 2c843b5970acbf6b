package dev.evalfleet.producer.script.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An expression.
public sealed interface Node {
    record Literal(@Nullable Object value) implements Node {}

    record Name(String name) implements Node {}

    record Attribute(Node of, String name) implements Node {}

    record Item(Node of, Node key) implements Node {}

    record Slice(Node of, @Nullable Node from, @Nullable Node to, @Nullable Node step) implements Node {}

    record Call(Node callee, List<Argument> arguments) implements Node {}

    record Unary(String operator, Node of) implements Node {}

    record Binary(String operator, Node left, Node right) implements Node {}

    record And(Node left, Node right) implements Node {}

    record Or(Node left, Node right) implements Node {}

    record Compare(Node first, List<Link> links) implements Node {}

    record Conditional(Node test, Node then, Node otherwise) implements Node {}

    record ListOf(List<Node> items) implements Node {}

    record TupleOf(List<Node> items) implements Node {}

    record SetOf(List<Node> items) implements Node {}

    record DictOf(List<Entry> entries) implements Node {}

    /// `*of` among the items of a list or the targets of an assignment.
    record Starred(Node of) implements Node {}

    record Lambda(Parameters parameters, Node body) implements Node {}

    record Comprehension(Kind kind, Node element, @Nullable Node value, List<Clause> clauses) implements Node {}

    /// An f-string: texts, and values with `!r`, `!s` and what stands behind the colon.
    record Formatted(List<Node> parts) implements Node {}

    record FormattedValue(Node value, @Nullable String conversion, @Nullable Node spec) implements Node {}

    /// `name := value`
    record Assigned(String name, Node value) implements Node {}

    enum Kind {
        LIST,
        SET,
        DICT,
        GENERATOR
    }

    /// @param stars 1: a list of arguments, 2: a dict of them
    record Argument(@Nullable String name, Node value, int stars) {}

    record Link(String operator, Node right) {}

    /// @param key null: `**value`
    record Entry(@Nullable Node key, Node value) {}

    record Clause(Node target, Node items, List<Node> conditions) {}

    /// @param rest name of `*args`
    /// @param others name of `**kwargs`
    record Parameters(List<Parameter> all, @Nullable String rest, @Nullable String others) {}

    record Parameter(String name, @Nullable Node fallback, boolean byNameOnly) {}
}
