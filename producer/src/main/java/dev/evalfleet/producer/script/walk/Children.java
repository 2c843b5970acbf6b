package dev.evalfleet.producer.script.walk;

import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What stands directly inside a statement or an expression.
public final class Children {
    private Children() {}

    public static List<Statement> statements(Statement statement) {
        return switch (statement) {
            case Statement.If branch -> joined(branch.then(), branch.otherwise());
            case Statement.For loop -> joined(loop.body(), loop.otherwise());
            case Statement.While loop -> joined(loop.body(), loop.otherwise());
            case Statement.With with -> with.body();
            case Statement.Try attempt -> {
                var all = new ArrayList<>(joined(attempt.body(), attempt.otherwise()));
                attempt.handlers().forEach(handler -> all.addAll(handler.body()));
                all.addAll(attempt.last());
                yield all;
            }
            default -> List.of();
        };
    }

    private static List<Statement> joined(List<Statement> first, List<Statement> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    public static List<Node> nodes(Statement statement) {
        return switch (statement) {
            case Statement.Evaluate(var _, var value) -> List.of(value);
            case Statement.Assign(var _, var targets, var value) -> and(targets, value);
            case Statement.Augment augment -> List.of(augment.target(), augment.value());
            case Statement.If branch -> List.of(branch.test());
            case Statement.For loop -> List.of(loop.target(), loop.items());
            case Statement.While loop -> List.of(loop.test());
            case Statement.Return(var _, var value) -> some(value);
            case Statement.Raise(var _, var value) -> some(value);
            case Statement.Assert(var _, var test, var message) -> some(test, message);
            case Statement.With with -> some(with.value(), with.target());
            case Statement.Delete(var _, var targets) -> targets;
            case Statement.Try attempt ->
                attempt.handlers().stream()
                        .map(Statement.Handler::type)
                        .filter(Objects::nonNull)
                        .toList();
            default -> List.of();
        };
    }

    public static List<Node> nodes(Node node) {
        return switch (node) {
            case Node.Attribute attribute -> List.of(attribute.of());
            case Node.Item(var of, var key) -> List.of(of, key);
            case Node.Slice(var of, var from, var to, var step) -> some(of, from, to, step);
            case Node.Call(var callee, var arguments) ->
                and(arguments.stream().map(Node.Argument::value).toList(), callee);
            case Node.Unary(var _, var of) -> List.of(of);
            case Node.Binary(var _, var left, var right) -> List.of(left, right);
            case Node.And(var left, var right) -> List.of(left, right);
            case Node.Or(var left, var right) -> List.of(left, right);
            case Node.Compare(var first, var links) ->
                and(links.stream().map(Node.Link::right).toList(), first);
            case Node.Conditional(var test, var then, var otherwise) -> List.of(test, then, otherwise);
            case Node.ListOf(var items) -> items;
            case Node.TupleOf(var items) -> items;
            case Node.SetOf(var items) -> items;
            case Node.DictOf(var entries) ->
                entries.stream()
                        .flatMap(entry -> some(entry.key(), entry.value()).stream())
                        .toList();
            case Node.Starred(var of) -> List.of(of);
            case Node.Lambda(var _, var body) -> List.of(body);
            case Node.Comprehension comprehension -> {
                var all = new ArrayList<>(some(comprehension.element(), comprehension.value()));
                comprehension.clauses().forEach(clause -> {
                    all.add(clause.items());
                    all.addAll(clause.conditions());
                });
                yield all;
            }
            case Node.Formatted(var parts) -> parts;
            case Node.FormattedValue part -> some(part.value(), part.spec());
            case Node.Assigned(var _, var value) -> List.of(value);
            case Node.Literal _, Node.Name _ -> List.of();
        };
    }

    private static List<Node> some(@Nullable Node... nodes) {
        return Arrays.stream(nodes).filter(Objects::nonNull).toList();
    }

    private static List<Node> and(List<Node> nodes, Node last) {
        return Stream.concat(nodes.stream(), Stream.of(last)).toList();
    }
}
