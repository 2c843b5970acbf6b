package dev.evalfleet.producer.script.walk;

import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The names that statements give a value to.
public final class Names {
    private final Set<String> names = new HashSet<>();

    private Names() {}

    public static Set<String> assigned(Statement statement) {
        var found = new Names();
        found.collect(statement);
        return found.names;
    }

    public static Set<String> assigned(List<Statement> statements) {
        var found = new Names();
        found.collect(statements);
        return found.names;
    }

    private void collect(List<Statement> statements) {
        statements.forEach(this::collect);
    }

    private void collect(Statement statement) {
        switch (statement) {
            case Statement.Assign assign -> assign.targets().forEach(this::target);
            case Statement.Augment augment -> target(augment.target());
            case Statement.For loop -> {
                target(loop.target());
                collect(loop.body());
                collect(loop.otherwise());
            }
            case Statement.While loop -> collect(loop.body());
            case Statement.If branch -> {
                collect(branch.then());
                collect(branch.otherwise());
            }
            case Statement.Try attempt -> {
                collect(attempt.body());
                attempt.handlers().forEach(handler -> {
                    if (handler.name() != null) {
                        names.add(handler.name());
                    }
                    collect(handler.body());
                });
                collect(attempt.otherwise());
                collect(attempt.last());
            }
            case Statement.With with -> {
                if (with.target() != null) {
                    target(with.target());
                }
                collect(with.body());
            }
            case Statement.Define define -> names.add(define.name());
            case Statement.Import imported -> names.add(imported.name().split("\\.", 2)[0]);
            case Statement.ImportFrom imported -> names.add(imported.name());
            case Statement.Broken broken -> names.addAll(broken.names());
            default -> {
                // gives no name a value
            }
        }
    }

    private void target(Node target) {
        switch (target) {
            case Node.Name(var name) -> names.add(name);
            case Node.TupleOf(var targets) -> targets.forEach(this::target);
            case Node.ListOf(var targets) -> targets.forEach(this::target);
            case Node.Starred(var of) -> target(of);
            default -> {
                // an item of something that has a name already
            }
        }
    }

    public static Set<String> targets(Node target) {
        var found = new Names();
        found.target(target);
        return found.names;
    }
}
