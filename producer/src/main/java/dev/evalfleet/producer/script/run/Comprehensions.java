package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.value.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `[element for target in items if condition]` and its relatives; a generator is worked out at once.
final class Comprehensions {
    private Comprehensions() {}

    static Object value(Node.Comprehension comprehension, Scope scope) {
        var keys = new ArrayList<@Nullable Object>();
        var values = new ArrayList<@Nullable Object>();
        Scope inner = scope.inner();
        go(comprehension, 0, inner, () -> {
            keys.add(Evaluator.value(comprehension.element(), inner));
            if (comprehension.value() != null) {
                values.add(Evaluator.value(comprehension.value(), inner));
            }
        });
        return switch (comprehension.kind()) {
            case LIST -> keys;
            case GENERATOR -> keys.iterator();
            case SET -> new LinkedHashSet<>(keys);
            case DICT -> {
                var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
                for (int i = 0; i < keys.size(); i++) {
                    map.put(keys.get(i), values.get(i));
                }
                yield map;
            }
        };
    }

    private static void go(Node.Comprehension comprehension, int clause, Scope scope, Runnable element) {
        List<Node.Clause> clauses = comprehension.clauses();
        if (clause == clauses.size()) {
            element.run();
            return;
        }
        Node.Clause now = clauses.get(clause);
        for (Iterator<?> items = Values.iterator(Evaluator.value(now.items(), scope)); items.hasNext(); ) {
            Assignment.assign(now.target(), items.next(), scope);
            if (now.conditions().stream().allMatch(test -> Python.truth(Evaluator.value(test, scope)))) {
                go(comprehension, clause + 1, scope, element);
            }
        }
    }
}
