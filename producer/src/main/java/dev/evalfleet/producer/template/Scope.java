package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.Undefined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names a piece of a template sees; what it sets is gone behind its block.
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, ?> given;
    private final Map<String, @Nullable Object> own = new HashMap<>();

    Scope(Map<String, ?> given) {
        this.outer = null;
        this.given = given;
    }

    private Scope(Scope outer) {
        this.outer = outer;
        this.given = Map.of();
    }

    Scope inner() {
        return new Scope(this);
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
