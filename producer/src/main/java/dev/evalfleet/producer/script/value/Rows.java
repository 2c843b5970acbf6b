package dev.evalfleet.producer.script.value;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A split of a dataset, as `datasets.Dataset` lets functions use it. Nothing is held: filters and maps are applied
/// while the documents go by.
public final class Rows implements PythonObject, Iterable<Map<String, @Nullable Object>> {
    /// What may be said beside the function to `filter` and `map`; the rest speeds up or describes.
    private static final Set<String> OPTIONS = Set.of(
            "with_indices", "remove_columns", "desc", "num_proc", "load_from_cache_file", "keep_in_memory", "features");

    private final Supplier<Iterator<Map<String, @Nullable Object>>> source;

    public Rows(Supplier<Iterator<Map<String, @Nullable Object>>> source) {
        this.source = source;
    }

    /// What a function gave back: a dataset, or anything that can be gone through.
    @SuppressWarnings("unchecked") // checked to be dicts
    public static Iterator<Map<String, @Nullable Object>> of(@Nullable Object value) {
        if (value instanceof Rows rows) {
            return rows.iterator();
        }
        Iterator<?> items = Values.iterator(value);
        return new Stepping<>(() -> {
            if (!items.hasNext()) {
                return null;
            }
            Object item = items.next();
            if (!(item instanceof Map<?, ?> map)) {
                throw PythonException.type("a document must be a dict, but is " + Python.shortRepr(item));
            }
            return (Map<String, @Nullable Object>) plain(map);
        });
    }

    @Override
    public Iterator<Map<String, @Nullable Object>> iterator() {
        return source.get();
    }

    long count() {
        long count = 0;
        for (Iterator<?> rows = iterator(); rows.hasNext(); rows.next()) {
            count++;
        }
        return count;
    }

    @Nullable
    Object item(@Nullable Object key) {
        if (key instanceof String column) {
            var values = new ArrayList<@Nullable Object>();
            forEach(row -> values.add(Values.item(row, column)));
            return values;
        }
        long at = Indexing.whole(key);
        at = at < 0 ? at + count() : at;
        for (Map<String, @Nullable Object> row : this) {
            if (at-- == 0) {
                return row;
            }
        }
        throw new PythonException("IndexError", "there is no document " + Python.repr(key));
    }

    @Override
    public @Nullable Object member(String name) {
        return switch (name) {
            case "column_names" -> new ArrayList<@Nullable Object>(columns());
            case "num_rows" -> count();
            case "filter",
                    "map",
                    "select",
                    "remove_columns",
                    "select_columns",
                    "rename_column",
                    "rename_columns",
                    "to_list",
                    "unique",
                    "flatten_indices" -> (Callable) (positional, named) -> call(new Arguments(name, positional, named));
            default -> Members.NONE;
        };
    }

    private @Nullable Object call(Arguments arguments) {
        return switch (arguments.function()) {
            case "filter" -> filter(arguments);
            case "map" -> map(arguments);
            case "select" -> select(Python.items(arguments.at(0, "indices")));
            case "remove_columns" -> each(row -> without(row, names(arguments.at(0, "column_names"))));
            case "select_columns" -> {
                List<String> kept = names(arguments.at(0, "column_names"));
                yield each(row -> {
                    var some = new LinkedHashMap<String, @Nullable Object>();
                    kept.forEach(column -> some.put(column, Values.item(row, column)));
                    return some;
                });
            }
            case "rename_column" ->
                renamed(Map.of(arguments.text(0, "original_column_name"), arguments.text(1, "new_column_name")));
            case "rename_columns" -> renamed((Map<?, ?>) Objects.requireNonNull(arguments.at(0, "column_mapping")));
            case "to_list" -> Values.items(this);
            case "unique" -> new ArrayList<>(new LinkedHashSet<>((List<?>) item(arguments.at(0, "column"))));
            default -> this;
        };
    }

    private Rows filter(Arguments arguments) {
        Callable rule = function(arguments);
        boolean indexed = Python.truth(arguments.named().get("with_indices"));
        return new Rows(() -> {
            Iterator<Map<String, @Nullable Object>> rows = iterator();
            var at = new long[1];
            return new Stepping<>(() -> {
                while (rows.hasNext()) {
                    Map<String, @Nullable Object> row = rows.next();
                    if (Python.truth(rule.call(given(row, at[0]++, indexed), Map.of()))) {
                        return row;
                    }
                }
                return null;
            });
        });
    }

    // As datasets merges: the document as the function left it, and over it what the function gave back.
    private Rows map(Arguments arguments) {
        Callable function = function(arguments);
        boolean indexed = Python.truth(arguments.named().get("with_indices"));
        List<String> removed = names(arguments.named().get("remove_columns"));
        return new Rows(() -> {
            Iterator<Map<String, @Nullable Object>> rows = iterator();
            var at = new long[1];
            return new Stepping<>(
                    () -> rows.hasNext() ? mapped(rows.next(), function, at[0]++, indexed, removed) : null);
        });
    }

    private static Map<String, @Nullable Object> mapped(
            Map<String, @Nullable Object> row, Callable function, long at, boolean indexed, List<String> removed) {
        var changed = new LinkedHashMap<>(row);
        Object result = function.call(given(changed, at, indexed), Map.of());
        if (result == null) {
            return row;
        }
        if (!(result instanceof Map<?, ?> map)) {
            throw PythonException.type(
                    "the function given to map must give a dict, but gives " + Python.shortRepr(result));
        }
        Map<?, ?> given = new LinkedHashMap<>(map); // it may be the document itself
        removed.forEach(changed::remove);
        given.forEach((column, value) -> changed.put(String.valueOf(column), plain(value)));
        return changed;
    }

    private static List<@Nullable Object> given(Map<String, @Nullable Object> row, long at, boolean indexed) {
        var given = new ArrayList<@Nullable Object>(List.of(row));
        if (indexed) {
            given.add(at);
        }
        return given;
    }

    private static Callable function(Arguments arguments) {
        for (String option : arguments.named().keySet()) {
            if (!option.equals("function") && !OPTIONS.contains(option)) {
                throw new ScriptException(
                        "the option " + option + " of datasets' " + arguments.function() + " is not understood");
            }
        }
        if (arguments.at(0, "function") instanceof Callable function) {
            return function;
        }
        throw PythonException.type(arguments.function() + " needs a function");
    }

    private Rows select(List<@Nullable Object> indices) {
        return new Rows(() -> {
            List<Map<String, @Nullable Object>> all = new ArrayList<>();
            forEach(all::add);
            return IntStream.range(0, indices.size())
                    .mapToObj(i -> all.get((int) Indexing.whole(indices.get(i))))
                    .iterator();
        });
    }

    private Rows each(java.util.function.UnaryOperator<Map<String, @Nullable Object>> change) {
        return new Rows(() -> {
            Iterator<Map<String, @Nullable Object>> rows = iterator();
            return new Stepping<>(() -> rows.hasNext() ? change.apply(rows.next()) : null);
        });
    }

    private static Map<String, @Nullable Object> without(Map<String, @Nullable Object> row, List<String> columns) {
        var rest = new LinkedHashMap<>(row);
        columns.forEach(rest::remove);
        return rest;
    }

    private Rows renamed(Map<?, ?> names) {
        return each(row -> {
            var renamed = new LinkedHashMap<String, @Nullable Object>();
            row.forEach((column, value) ->
                    renamed.put(names.containsKey(column) ? String.valueOf(names.get(column)) : column, value));
            return renamed;
        });
    }

    private List<String> columns() {
        Iterator<Map<String, @Nullable Object>> rows = iterator();
        return rows.hasNext() ? List.copyOf(rows.next().keySet()) : List.of();
    }

    private static List<String> names(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case String one -> List.of(one);
            default -> Python.items(value).stream().map(Python::str).toList();
        };
    }

    // A dataset keeps lists, and keys that are text.
    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
                yield copy;
            }
            case Collection<?> items -> {
                var copy = new ArrayList<@Nullable Object>(items.size());
                items.forEach(
                        item -> copy.add(item instanceof Tuple || item instanceof Map<?, ?> ? plain(item) : item));
                yield copy;
            }
            case null, default -> value;
        };
    }
}
