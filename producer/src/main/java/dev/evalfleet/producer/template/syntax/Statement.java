package dev.evalfleet.producer.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A piece of a template: text, an output, or a block.
public sealed interface Statement {
    record Text(String text) implements Statement {}

    record Output(Expression value) implements Statement {}

    record If(Expression test, List<Statement> then, List<Statement> otherwise) implements Statement {}

    record For(
            Target target, Expression items, @Nullable Expression test, List<Statement> body, List<Statement> otherwise)
            implements Statement {}

    record Set(Target target, Expression value) implements Statement {}

    record SetBlock(Target target, List<Statement> body) implements Statement {}

    record FilterBlock(Expression filter, List<Statement> body) implements Statement {}

    record With(List<Set> values, List<Statement> body) implements Statement {}

    /// Where a value is put: a name, a field of a namespace, or several of them.
    sealed interface Target {
        record Name(String name) implements Target {}

        record Field(String namespace, String name) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
