package dev.evalfleet.producer.script.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names of one call of a function; behind them those of the functions around it, of its file, and the built-in
// ones.
public final class Scope {
    final Map<String, @Nullable Object> names;
    private final Module module;
    private final @Nullable Scope outer;
    private final Set<String> global = new HashSet<>();
    private final Set<String> nonlocal = new HashSet<>();

    /// The top of a file.
    Scope(Module module) {
        this.names = module.globals();
        this.module = module;
        this.outer = null;
    }

    private Scope(Scope outer) {
        this.names = new HashMap<>();
        this.module = outer.module;
        this.outer = outer.names == outer.module.globals() ? null : outer;
    }

    public Scope inner() {
        return new Scope(this);
    }

    public @Nullable Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.names.containsKey(name) && !scope.global.contains(name)) {
                return scope.names.get(name);
            }
        }
        return module.global(name);
    }

    public Module module() {
        return module;
    }

    void set(String name, @Nullable Object value) {
        if (global.contains(name)) {
            module.globals().put(name, value);
            return;
        }
        if (nonlocal.contains(name)) {
            for (Scope scope = outer; scope != null; scope = scope.outer) {
                if (scope.names.containsKey(name)) {
                    scope.names.put(name, value);
                    return;
                }
            }
        }
        names.put(name, value);
    }

    void declare(boolean isGlobal, String name) {
        (isGlobal ? global : nonlocal).add(name);
    }
}
