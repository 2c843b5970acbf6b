package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `target = value` and `del target`
final class Assignment {
    private Assignment() {}

    @SuppressWarnings("unchecked") // dicts and lists of Python hold anything
    static void assign(Node target, @Nullable Object value, Scope scope) {
        switch (target) {
            case Node.Name(var name) -> scope.set(name, value);
            case Node.TupleOf(var targets) -> unpack(targets, value, scope);
            case Node.ListOf(var targets) -> unpack(targets, value, scope);
            case Node.Item(var of, var key) -> {
                Object container = Evaluator.value(of, scope);
                Object index = Evaluator.value(key, scope);
                if (container instanceof Map<?, ?> map) {
                    ((Map<@Nullable Object, @Nullable Object>) map).put(Values.key(map, index), value);
                } else if (container instanceof List<?> list && !(container instanceof Tuple)) {
                    ((List<@Nullable Object>) list).set(at(list, index), value);
                } else {
                    throw PythonException.type(
                            "'" + Python.typeName(container) + "' object does not support item assignment");
                }
            }
            default -> throw new ScriptException("an assignment to this is not understood");
        }
    }

    private static int at(List<?> list, @Nullable Object index) {
        long at = Indexing.whole(index);
        at = at < 0 ? at + list.size() : at;
        if (at < 0 || at >= list.size()) {
            throw new PythonException("IndexError", "list assignment index out of range");
        }
        return (int) at;
    }

    private static void unpack(List<Node> targets, @Nullable Object value, Scope scope) {
        List<@Nullable Object> items = Values.items(value);
        int star = -1;
        for (int i = 0; i < targets.size(); i++) {
            star = targets.get(i) instanceof Node.Starred ? i : star;
        }
        if (star < 0 ? items.size() != targets.size() : items.size() < targets.size() - 1) {
            throw PythonException.value("cannot unpack " + items.size() + " values into " + targets.size() + " names");
        }
        int spare = items.size() - targets.size();
        for (int i = 0; i < targets.size(); i++) {
            if (i == star) {
                Node starred = ((Node.Starred) targets.get(i)).of();
                assign(starred, new ArrayList<>(items.subList(i, i + spare + 1)), scope);
            } else {
                assign(targets.get(i), items.get(star >= 0 && i > star ? i + spare : i), scope);
            }
        }
    }

    static void delete(Node target, Scope scope) {
        if (target instanceof Node.Item(var of, var key)) {
            Object container = Evaluator.value(of, scope);
            Object index = Evaluator.value(key, scope);
            if (container instanceof Map<?, ?> map && map.containsKey(index)) {
                map.remove(index);
                return;
            }
            if (container instanceof List<?> list && !(container instanceof Tuple)) {
                list.remove(at(list, index));
                return;
            }
            throw new PythonException("KeyError", Python.repr(index));
        }
        throw new ScriptException("'del' of this is not understood");
    }
}
