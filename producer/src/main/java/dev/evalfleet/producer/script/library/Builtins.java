package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.ExceptionType;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.Values;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that need no import.
public final class Builtins {
    private static final int LONGEST_RANGE = 10_000_000;
    private static final Map<String, Object> ALL = all();

    private Builtins() {}

    public static @Nullable Object named(String name) {
        return ALL.get(name);
    }

    /// One function of several arguments.
    @FunctionalInterface
    private interface Plain {
        @Nullable
        Object call(Arguments arguments);
    }

    private static Map<String, Object> all() {
        var all = new HashMap<String, Object>(Types.all());
        ExceptionType.NAMES.forEach(name -> all.put(name, new ExceptionType(name)));
        Map<String, Plain> functions = Map.ofEntries(
                Map.entry("len", a -> Values.length(a.at(0, "obj"))),
                Map.entry("repr", a -> Python.repr(a.at(0, "obj"))),
                Map.entry("range", Builtins::range),
                Map.entry("enumerate", Builtins::enumerate),
                Map.entry("zip", Builtins::zip),
                Map.entry("map", Builtins::map),
                Map.entry("filter", Builtins::filter),
                Map.entry(
                        "sorted",
                        a -> Members.sorted(
                                Values.items(a.at(0, "iterable")),
                                a.named().get("key"),
                                Python.truth(a.named().get("reverse")))),
                Map.entry(
                        "reversed",
                        a -> Values.items(a.at(0, "sequence")).reversed().iterator()),
                Map.entry("min", a -> extreme(a, -1)),
                Map.entry("max", a -> extreme(a, 1)),
                Map.entry("sum", Builtins::sum),
                Map.entry(
                        "abs",
                        a -> Python.compare(a.at(0, "x"), 0L) == -1 ? Operators.negative(a.at(0, "x")) : a.at(0, "x")),
                Map.entry("round", Builtins::round),
                Map.entry("any", a -> Values.items(a.at(0, "iterable")).stream().anyMatch(Python::truth)),
                Map.entry("all", a -> Values.items(a.at(0, "iterable")).stream().allMatch(Python::truth)),
                Map.entry("isinstance", a -> isInstance(a.at(0, "obj"), a.at(1, "types"))),
                Map.entry("chr", a -> Character.toString((int) a.whole(0, "i", 0))),
                Map.entry("ord", a -> (long) a.text(0, "c").codePointAt(0)),
                Map.entry("print", a -> null),
                Map.entry("iter", a -> Values.iterator(a.at(0, "iterable"))),
                Map.entry("next", Builtins::next),
                Map.entry("callable", a -> a.at(0, "obj") instanceof Callable));
        functions.forEach((name, function) ->
                all.put(name, (Callable) (positional, named) -> function.call(new Arguments(name, positional, named))));
        all.put("__name__", "task");
        return Map.copyOf(all);
    }

    private static boolean isInstance(@Nullable Object value, @Nullable Object type) {
        return switch (type) {
            case TypeObject one -> one.has().test(value);
            case ExceptionType(var name) ->
                value instanceof ExceptionType.Raised raised && raised.type().equals(name);
            case Tuple several -> several.stream().anyMatch(one -> isInstance(value, one));
            case null, default -> throw PythonException.type("isinstance() arg 2 must be a type or tuple of types");
        };
    }

    private static Object range(Arguments arguments) {
        boolean single = arguments.positional().size() == 1;
        long from = single ? 0 : Indexing.whole(arguments.at(0, "start"));
        long to = Indexing.whole(arguments.at(single ? 0 : 1, "stop"));
        long step = arguments.whole(2, "step", 1);
        if (step == 0) {
            throw PythonException.value("range() arg 3 must not be zero");
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

    private static Object enumerate(Arguments arguments) {
        var pairs = new ArrayList<@Nullable Object>();
        long at = arguments.whole(1, "start", 0);
        for (Object item : Values.items(arguments.at(0, "iterable"))) {
            pairs.add(tuple(at++, item));
        }
        return pairs.iterator();
    }

    private static Tuple tuple(@Nullable Object... items) {
        return new Tuple(java.util.Arrays.asList(items));
    }

    private static Object zip(Arguments arguments) {
        List<List<@Nullable Object>> lists =
                arguments.positional().stream().map(Values::items).toList();
        int shortest = lists.stream().mapToInt(List::size).min().orElse(0);
        var rows = new ArrayList<@Nullable Object>();
        for (int i = 0; i < shortest; i++) {
            int at = i;
            rows.add(new Tuple(new ArrayList<>(lists.stream()
                    .map(list -> Collections.singletonList(list.get(at)))
                    .flatMap(List::stream)
                    .toList())));
        }
        return rows.iterator();
    }

    private static Object map(Arguments arguments) {
        Callable function = (Callable) arguments.at(0, "func");
        var results = new ArrayList<@Nullable Object>();
        for (Object item : Values.items(arguments.at(1, "iterable"))) {
            results.add(java.util.Objects.requireNonNull(function).call(Collections.singletonList(item), Map.of()));
        }
        return results.iterator();
    }

    private static Object filter(Arguments arguments) {
        var kept = new ArrayList<@Nullable Object>();
        for (Object item : Values.items(arguments.at(1, "iterable"))) {
            boolean keep = arguments.at(0, "function") instanceof Callable rule
                    ? Python.truth(rule.call(Collections.singletonList(item), Map.of()))
                    : Python.truth(item);
            if (keep) {
                kept.add(item);
            }
        }
        return kept.iterator();
    }

    private static @Nullable Object extreme(Arguments arguments, int sign) {
        List<@Nullable Object> items =
                arguments.positional().size() == 1 ? Values.items(arguments.at(0, "iterable")) : arguments.positional();
        if (items.isEmpty()) {
            if (arguments.named().containsKey("default")) {
                return arguments.named().get("default");
            }
            throw PythonException.value(arguments.function() + "() arg is an empty sequence");
        }
        Object key = arguments.named().get("key");
        Object best = items.getFirst();
        for (Object item : items) {
            if (Python.compare(by(key, item), by(key, best)) == sign) {
                best = item;
            }
        }
        return best;
    }

    private static @Nullable Object by(@Nullable Object key, @Nullable Object item) {
        return key instanceof Callable function ? function.call(Collections.singletonList(item), Map.of()) : item;
    }

    private static @Nullable Object sum(Arguments arguments) {
        Object total = arguments.at(1, "start", 0L);
        for (Object item : Values.items(arguments.at(0, "iterable"))) {
            total = Operators.binary("+", total, item);
        }
        return total;
    }

    private static Object round(Arguments arguments) {
        Object value = arguments.at(0, "number");
        if (!(value instanceof Double number)) {
            return Python.plainNumber(java.util.Objects.requireNonNull(value));
        }
        boolean toWhole = arguments.at(1, "ndigits", null) == null;
        BigDecimal rounded = new BigDecimal(number)
                .setScale(toWhole ? 0 : (int) arguments.whole(1, "ndigits", 0), RoundingMode.HALF_EVEN);
        return toWhole ? Operators.number(rounded.toBigInteger()) : (Object) rounded.doubleValue();
    }

    private static @Nullable Object next(Arguments arguments) {
        if (!(arguments.at(0, "iterator") instanceof Iterator<?> iterator)) {
            throw PythonException.type("next() needs an iterator");
        }
        if (iterator.hasNext()) {
            return iterator.next();
        }
        if (arguments.has(1, "default")) {
            return arguments.at(1, "default");
        }
        throw new PythonException("StopIteration", "");
    }
}
