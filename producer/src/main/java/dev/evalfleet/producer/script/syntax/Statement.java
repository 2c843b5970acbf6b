package dev.evalfleet.producer.script.syntax;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A statement, and the line it starts in.
public sealed interface Statement {
    int line();

    record Evaluate(int line, Node value) implements Statement {}

    record Assign(int line, List<Node> targets, Node value) implements Statement {}

    record Augment(int line, Node target, String operator, Node value) implements Statement {}

    record If(int line, Node test, List<Statement> then, List<Statement> otherwise) implements Statement {}

    record For(int line, Node target, Node items, List<Statement> body, List<Statement> otherwise)
            implements Statement {}

    record While(int line, Node test, List<Statement> body, List<Statement> otherwise) implements Statement {}

    record Return(int line, @Nullable Node value) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    record Pass(int line) implements Statement {}

    record Define(int line, String name, Node.Parameters parameters, List<Statement> body) implements Statement {}

    /// `import module as name`
    record Import(int line, String module, String name) implements Statement {}

    /// `from module import member as name`
    record ImportFrom(int line, String module, String member, String name) implements Statement {}

    record Raise(int line, @Nullable Node value) implements Statement {}

    record Assert(int line, Node test, @Nullable Node message) implements Statement {}

    record Try(int line, List<Statement> body, List<Handler> handlers, List<Statement> otherwise, List<Statement> last)
            implements Statement {}

    /// `with value as target`
    record With(int line, Node value, @Nullable Node target, List<Statement> body) implements Statement {}

    record Outer(int line, boolean global, List<String> names) implements Statement {}

    record Delete(int line, List<Node> targets) implements Statement {}

    /// A statement at the top of a file that is not understood; only who uses its names is told.
    record Broken(int line, Set<String> names, String reason) implements Statement {}

    record Handler(@Nullable Node type, @Nullable String name, List<Statement> body) {}
}
