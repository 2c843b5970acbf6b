package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.template.syntax.Expression;
import dev.evalfleet.producer.template.syntax.Statement;
import dev.evalfleet.producer.template.syntax.StatementParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the statements of a template out.
final class Renderer {
    private static final int LONGEST = 20_000_000;

    private final StringBuilder out = new StringBuilder();

    static String render(List<Statement> statements, Scope scope) {
        var renderer = new Renderer();
        renderer.write(statements, scope);
        return renderer.out.toString();
    }

    private void write(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            scope.step();
            write(statement, scope);
            if (out.length() > LONGEST) {
                throw new PythonException("MemoryError", "the template renders more than " + LONGEST + " characters");
            }
        }
    }

    private void write(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text(var text) -> out.append(text);
            case Statement.Output(var value) -> out.append(Python.str(Evaluator.value(value, scope)));
            case Statement.If(var test, var then, var otherwise) ->
                write(Python.truth(Evaluator.value(test, scope)) ? then : otherwise, scope);
            case Statement.For loop -> loop(loop, scope);
            case Statement.Set(var target, var value) -> assign(target, Evaluator.value(value, scope), scope);
            case Statement.SetBlock(var target, var body) -> assign(target, render(body, scope.inner()), scope);
            case Statement.FilterBlock(var filter, var body) -> {
                Scope inner = scope.inner();
                inner.set(StatementParser.BLOCK_TEXT, render(body, scope.inner()));
                out.append(Python.str(Evaluator.value(filter, inner)));
            }
            case Statement.With(var values, var body) -> {
                Scope inner = scope.inner();
                values.forEach(set -> assign(set.target(), Evaluator.value(set.value(), scope), inner));
                write(body, inner);
            }
        }
    }

    private void loop(Statement.For loop, Scope scope) {
        List<@Nullable Object> items = Python.items(Evaluator.value(loop.items(), scope));
        Expression test = loop.test();
        if (test != null) {
            items.removeIf(item -> {
                Scope inner = scope.inner();
                assign(loop.target(), item, inner);
                return !Python.truth(Evaluator.value(test, inner));
            });
        }
        for (int i = 0; i < items.size(); i++) {
            Scope inner = scope.inner();
            inner.set("loop", progress(items, i));
            assign(loop.target(), items.get(i), inner);
            write(loop.body(), inner);
        }
        if (items.isEmpty()) {
            write(loop.otherwise(), scope.inner());
        }
    }

    private static Map<String, @Nullable Object> progress(List<@Nullable Object> items, int at) {
        var loop = new LinkedHashMap<String, @Nullable Object>();
        loop.put("index", at + 1L);
        loop.put("index0", (long) at);
        loop.put("revindex", (long) items.size() - at);
        loop.put("revindex0", items.size() - at - 1L);
        loop.put("first", at == 0);
        loop.put("last", at == items.size() - 1);
        loop.put("length", (long) items.size());
        loop.put("depth", 1L);
        loop.put("cycle", (Callable) (values, _) -> values.get(at % values.size()));
        if (at > 0) {
            loop.put("previtem", items.get(at - 1));
        }
        if (at < items.size() - 1) {
            loop.put("nextitem", items.get(at + 1));
        }
        return loop;
    }

    private static void assign(Statement.Target target, @Nullable Object value, Scope scope) {
        switch (target) {
            case Statement.Target.Name(var name) -> scope.set(name, value);
            case Statement.Target.Field(var namespace, var name) -> {
                if (!(scope.get(namespace) instanceof Globals.Namespace(var fields))) {
                    throw new PythonException("TypeError", "cannot assign attribute on non-namespace object");
                }
                fields.put(name, value);
            }
            case Statement.Target.Several(var targets) -> {
                List<@Nullable Object> items = new ArrayList<>(Python.items(value));
                if (items.size() != targets.size()) {
                    throw new PythonException(
                            "ValueError",
                            "cannot unpack " + items.size() + " values into " + targets.size() + " names");
                }
                for (int i = 0; i < items.size(); i++) {
                    assign(targets.get(i), items.get(i), scope);
                }
            }
        }
    }
}
