package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.Values;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs statements.
final class Interpreter {
    /// A loop that runs longer than this is taken for one without an end.
    private static final int MOST_TURNS = 50_000_000;

    private Interpreter() {}

    /// How a statement ended.
    sealed interface Flow {
        record On() implements Flow {}

        record Broke() implements Flow {}

        record Continued() implements Flow {}

        record Returned(@Nullable Object value) implements Flow {}
    }

    private static final Flow ON = new Flow.On();

    static Flow run(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            Flow flow = run(statement, scope);
            if (flow != ON) {
                return flow;
            }
        }
        return ON;
    }

    static Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Evaluate(var _, var value) -> Evaluator.value(value, scope);
            case Statement.Assign(var _, var targets, var value) -> {
                Object result = Evaluator.value(value, scope);
                targets.forEach(target -> Assignment.assign(target, result, scope));
            }
            case Statement.Augment augment -> augment(augment, scope);
            case Statement.If(var _, var test, var then, var otherwise) -> {
                return run(Python.truth(Evaluator.value(test, scope)) ? then : otherwise, scope);
            }
            case Statement.For loop -> {
                return loop(loop, scope);
            }
            case Statement.While loop -> {
                return loop(loop, scope);
            }
            case Statement.Return(var _, var value) -> {
                return new Flow.Returned(value == null ? null : Evaluator.value(value, scope));
            }
            case Statement.Break _ -> {
                return new Flow.Broke();
            }
            case Statement.Continue _ -> {
                return new Flow.Continued();
            }
            case Statement.Pass _ -> {}
            case Statement.Define(var _, var name, var parameters, var body) ->
                scope.set(name, new Function(name, parameters, body, scope));
            case Statement.Import(var _, var module, var name) -> scope.module().importAs(module, name, scope);
            case Statement.ImportFrom(var _, var module, var member, var name) ->
                scope.module().importFrom(module, member, name, scope);
            case Statement.Try attempt -> {
                return Attempt.run(attempt, scope);
            }
            case Statement.With(var _, var value, var target, var body) -> {
                Object opened = Evaluator.value(value, scope);
                if (target != null) {
                    Assignment.assign(target, opened, scope);
                }
                return run(body, scope);
            }
            case Statement.Outer(var _, var global, var names) -> names.forEach(name -> scope.declare(global, name));
            case Statement.Delete(var _, var targets) -> targets.forEach(target -> Assignment.delete(target, scope));
            case Statement.Raise(var _, var value) -> throw Attempt.raised(value, scope);
            case Statement.Assert(var _, var test, var message) -> {
                if (!Python.truth(Evaluator.value(test, scope))) {
                    throw new PythonException(
                            "AssertionError", message == null ? "" : Python.str(Evaluator.value(message, scope)));
                }
            }
            case Statement.Broken(var _, var names, var reason) ->
                names.forEach(name -> scope.module().breakName(name, reason));
        }
        return ON;
    }

    private static void augment(Statement.Augment augment, Scope scope) {
        Object old = Evaluator.value(augment.target(), scope);
        Object operand = Evaluator.value(augment.value(), scope);
        if (old instanceof List<?> && augment.operator().equals("+")) {
            Members.call(old, "extend", operand); // in place, as other names of the list see
            return;
        }
        Assignment.assign(augment.target(), Evaluator.binary(augment.operator(), old, operand), scope);
    }

    private static Flow loop(Statement.For loop, Scope scope) {
        Iterator<?> items = Values.iterator(Evaluator.value(loop.items(), scope));
        while (items.hasNext()) {
            Assignment.assign(loop.target(), items.next(), scope);
            Flow flow = run(loop.body(), scope);
            if (flow instanceof Flow.Broke) {
                return ON;
            }
            if (flow instanceof Flow.Returned) {
                return flow;
            }
        }
        return run(loop.otherwise(), scope);
    }

    private static Flow loop(Statement.While loop, Scope scope) {
        int turns = 0;
        while (Python.truth(Evaluator.value(loop.test(), scope))) {
            if (++turns > MOST_TURNS) {
                throw new PythonException("RuntimeError", "a loop of more than " + MOST_TURNS + " turns");
            }
            Flow flow = run(loop.body(), scope);
            if (flow instanceof Flow.Broke) {
                return ON;
            }
            if (flow instanceof Flow.Returned) {
                return flow;
            }
        }
        return run(loop.otherwise(), scope);
    }
}
