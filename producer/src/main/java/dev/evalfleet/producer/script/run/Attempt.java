package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.value.ExceptionType;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.value.Values;
import org.jspecify.annotations.Nullable;

/// `try`, `except` and `raise`.
final class Attempt {
    private Attempt() {}

    static Interpreter.Flow run(Statement.Try attempt, Scope scope) {
        Interpreter.Flow flow;
        try {
            flow = body(attempt, scope);
        } catch (PythonException | ScriptException e) {
            Interpreter.Flow last = Interpreter.run(attempt.last(), scope);
            if (last instanceof Interpreter.Flow.Returned) {
                return last;
            }
            throw e;
        }
        Interpreter.Flow last = Interpreter.run(attempt.last(), scope);
        return last instanceof Interpreter.Flow.On ? flow : last;
    }

    private static Interpreter.Flow body(Statement.Try attempt, Scope scope) {
        try {
            Interpreter.Flow flow = Interpreter.run(attempt.body(), scope);
            return flow instanceof Interpreter.Flow.On ? Interpreter.run(attempt.otherwise(), scope) : flow;
        } catch (PythonException e) {
            for (Statement.Handler handler : attempt.handlers()) {
                if (handler.type() == null || catches(Evaluator.value(handler.type(), scope), e)) {
                    if (handler.name() != null) {
                        scope.set(handler.name(), new ExceptionType.Raised(e.type(), e.text()));
                    }
                    return Interpreter.run(handler.body(), scope);
                }
            }
            throw e;
        }
    }

    private static boolean catches(@Nullable Object type, PythonException raised) {
        if (type instanceof ExceptionType known) {
            return known.catches(raised.type());
        }
        return Values.items(type).stream().anyMatch(one -> catches(one, raised));
    }

    static PythonException raised(@Nullable Node node, Scope scope) {
        Object value = node == null ? null : Evaluator.value(node, scope);
        return switch (value) {
            case ExceptionType.Raised(var type, var text) -> new PythonException(type, text);
            case ExceptionType(var type) -> new PythonException(type, "");
            case null, default -> new PythonException("TypeError", "cannot raise " + Python.shortRepr(value));
        };
    }
}
