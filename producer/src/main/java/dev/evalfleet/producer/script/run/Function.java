package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A function written in Python: what `def` or `lambda` made.
public final class Function implements Callable {
    private static final int DEEPEST = 200;
    private static final ThreadLocal<int[]> DEPTH = ThreadLocal.withInitial(() -> new int[1]);

    private final String name;
    private final Node.Parameters parameters;
    private final List<Statement> body;
    private final Scope around;
    private final Map<String, @Nullable Object> fallbacks = new HashMap<>();

    Function(String name, Node.Parameters parameters, List<Statement> body, Scope around) {
        this.name = name;
        this.parameters = parameters;
        this.body = body;
        this.around = around;
        for (Node.Parameter parameter : parameters.all()) {
            if (parameter.fallback() != null) {
                fallbacks.put(parameter.name(), Evaluator.value(parameter.fallback(), around));
            }
        }
    }

    public String name() {
        return name;
    }

    public Node.Parameters parameters() {
        return parameters;
    }

    public List<Statement> body() {
        return body;
    }

    /// Where the function was made.
    public Scope around() {
        return around;
    }

    @Override
    public @Nullable Object call(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        int[] depth = DEPTH.get();
        if (++depth[0] > DEEPEST) {
            depth[0] = 0;
            throw new PythonException("RecursionError", name + "() calls itself too often");
        }
        try {
            Scope scope = around.inner();
            bind(scope, positional, named);
            return Interpreter.run(body, scope) instanceof Interpreter.Flow.Returned(var value) ? value : null;
        } finally {
            depth[0] = Math.max(0, depth[0] - 1);
        }
    }

    private void bind(Scope scope, List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        var left = new LinkedHashMap<>(named);
        int at = 0;
        for (Node.Parameter parameter : parameters.all()) {
            String own = parameter.name();
            if (!parameter.byNameOnly() && at < positional.size()) {
                scope.names.put(own, positional.get(at++));
                if (left.containsKey(own)) {
                    throw PythonException.type(name + "() got multiple values for argument '" + own + "'");
                }
            } else if (left.containsKey(own)) {
                scope.names.put(own, left.remove(own));
            } else if (fallbacks.containsKey(own)) {
                scope.names.put(own, fallbacks.get(own));
            } else {
                throw PythonException.type(name + "() missing argument '" + own + "'");
            }
        }
        if (parameters.rest() != null) {
            scope.names.put(parameters.rest(), new Tuple(new ArrayList<>(positional.subList(at, positional.size()))));
        } else if (at < positional.size()) {
            throw PythonException.type(name + "() takes " + at + " arguments but " + positional.size() + " were given");
        }
        if (parameters.others() != null) {
            scope.names.put(parameters.others(), left);
        } else if (!left.isEmpty()) {
            throw PythonException.type(name + "() got an unexpected argument '"
                    + left.keySet().iterator().next() + "'");
        }
    }
}
