package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The methods that change a list.
final class ListMembers {
    private ListMembers() {}

    static @Nullable Callable of(List<@Nullable Object> list, String name) {
        if (list instanceof Tuple) {
            return null;
        }
        return switch (name) {
            case "insert" ->
                (positional, _) -> {
                    long at = Indexing.whole(positional.getFirst());
                    at = Math.clamp(at < 0 ? at + list.size() : at, 0, list.size());
                    list.add((int) at, positional.get(1));
                    return null;
                };
            case "extend" ->
                (positional, _) -> {
                    list.addAll(Values.items(positional.getFirst()));
                    return null;
                };
            case "remove" -> (positional, _) -> remove(list, positional.getFirst());
            case "reverse" ->
                (_, _) -> {
                    Collections.reverse(list);
                    return null;
                };
            case "clear" ->
                (_, _) -> {
                    list.clear();
                    return null;
                };
            case "sort" ->
                (positional, named) -> {
                    var given = new Arguments(name, positional, named);
                    List<@Nullable Object> sorted =
                            Members.sorted(list, given.at(0, "key", null), Python.truth(given.at(1, "reverse", false)));
                    list.clear();
                    list.addAll(sorted);
                    return null;
                };
            default -> null;
        };
    }

    private static @Nullable Object remove(List<@Nullable Object> list, @Nullable Object value) {
        for (int i = 0; i < list.size(); i++) {
            if (Python.equal(list.get(i), value)) {
                list.remove(i);
                return null;
            }
        }
        throw PythonException.value("list.remove(x): x not in list");
    }
}
