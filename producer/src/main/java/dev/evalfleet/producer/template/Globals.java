package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions every template has: range, dict, namespace.
final class Globals {
    private static final int LONGEST_RANGE = 100_000;

    private static final Map<String, Callable> FUNCTIONS = Map.of(
            "range", Globals::range,
            "dict", (arguments, named) -> new LinkedHashMap<>(named),
            "namespace", (arguments, named) -> new Namespace(new LinkedHashMap<>(named)));

    /// A value whose fields can be set from inside loops.
    record Namespace(Map<String, @Nullable Object> fields) {}

    private Globals() {}

    static @Nullable Callable named(String name) {
        return FUNCTIONS.get(name);
    }

    private static Object range(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
        var arguments = new Arguments("range", positional, named);
        boolean single = positional.size() == 1;
        long from = single ? 0 : arguments.whole(0, "start", 0);
        long to = arguments.whole(single ? 0 : 1, "stop", 0);
        long step = arguments.whole(2, "step", 1);
        if (step == 0) {
            throw new PythonException("ValueError", "range() arg 3 must not be zero");
        }
        var numbers = new ArrayList<@Nullable Object>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            if (numbers.size() == LONGEST_RANGE) {
                throw new PythonException("OverflowError", "range of more than " + LONGEST_RANGE + " numbers");
            }
            numbers.add(i);
        }
        return numbers;
    }
}
