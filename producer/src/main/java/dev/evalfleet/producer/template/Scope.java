package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Undefined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names a piece of a template sees; what it sets is gone behind its block.
final class Scope {
    private static final int MOST_STEPS = 5_000_000;

    private final @Nullable Scope outer;
    private final int[] steps; // of the whole template, shared by its scopes
    private final Map<String, ?> given;
    private final Map<String, @Nullable Object> own = new HashMap<>();

    Scope(Map<String, ?> given) {
        this.outer = null;
        this.steps = new int[1];
        this.given = given;
    }

    private Scope(Scope outer) {
        this.outer = outer;
        this.steps = outer.steps;
        this.given = Map.of();
    }

    Scope inner() {
        return new Scope(this);
    }

    /// Counts one expression or statement: a template must end, whatever its loops say.
    void step() {
        if (++steps[0] > MOST_STEPS) {
            throw new PythonException("TimeoutError", "the template takes more than " + MOST_STEPS + " steps");
        }
    }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.own.containsKey(name)) {
                return scope.own.get(name);
            }
            if (scope.given.containsKey(name)) {
                return scope.given.get(name);
            }
        }
        Object global = Globals.named(name);
        return global != null ? global : new Undefined("'" + name + "' is undefined" + known());
    }

    private String known() {
        Scope root = this;
        while (root.outer != null) {
            root = root.outer;
        }
        return root.given.isEmpty() || root.given.size() > 30
                ? ""
                : " (there are " + String.join(", ", root.given.keySet()) + ")";
    }

    void set(String name, @Nullable Object value) {
        own.put(name, value);
    }
}
