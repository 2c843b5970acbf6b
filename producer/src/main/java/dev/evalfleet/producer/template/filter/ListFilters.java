package dev.evalfleet.producer.template.filter;

import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.Undefined;
import dev.evalfleet.producer.python.method.Access;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.template.TemplateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Jinja's filters on lists.
final class ListFilters {
    static final Set<String> NAMES = Set.of(
            "batch",
            "dictsort",
            "first",
            "join",
            "last",
            "list",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "reverse",
            "select",
            "selectattr",
            "sort",
            "sum",
            "unique");

    private ListFilters() {}

    static @Nullable Object apply(@Nullable Object value, Arguments arguments) {
        if (arguments.function().equals("reverse") && value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        if (arguments.function().equals("dictsort")) {
            return dictSort(value, arguments);
        }
        List<@Nullable Object> items = Python.items(value);
        return switch (arguments.function()) {
            case "list" -> items;
            case "first" -> items.isEmpty() ? new Undefined("No first item, sequence was empty.") : items.getFirst();
            case "last" -> items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
            case "join" -> join(items, arguments);
            case "map" -> map(items, arguments);
            case "select", "reject" -> select(items, arguments, false);
            case "selectattr", "rejectattr" -> select(items, arguments, true);
            case "reverse" -> items.reversed();
            case "sort" -> sort(items, arguments);
            case "unique" -> unique(items, arguments);
            case "min", "max" -> extreme(items, arguments);
            case "sum" -> sum(items, arguments);
            default -> batch(items, arguments);
        };
    }

    // A dotted path of fields and numbers; with postprocessing as min, max, sort and unique compare text: without case.
    private static @Nullable Object field(@Nullable Object item, @Nullable Object path) {
        if (path == null) {
            return item;
        }
        Object value = item;
        for (String step : Python.str(path).split("\\.", -1)) {
            value = step.chars().allMatch(Character::isDigit) && !step.isEmpty()
                    ? Access.item(value, Long.parseLong(step))
                    : Access.attribute(value, step);
        }
        return value;
    }

    private static @Nullable Object folded(@Nullable Object value, boolean caseSensitive) {
        return !caseSensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }

    private static String join(List<@Nullable Object> items, Arguments arguments) {
        String separator = arguments.has(0, "d") ? Python.str(arguments.at(0, "d")) : "";
        Object path = arguments.at(1, "attribute", null);
        return String.join(
                separator,
                items.stream().map(item -> Python.str(field(item, path))).toList());
    }

    private static List<@Nullable Object> map(List<@Nullable Object> items, Arguments arguments) {
        var mapped = new ArrayList<@Nullable Object>(items.size());
        if (arguments.named().containsKey("attribute")) {
            for (Object item : items) {
                Object found = field(item, arguments.named().get("attribute"));
                mapped.add(
                        found instanceof Undefined && arguments.named().containsKey("default")
                                ? arguments.named().get("default")
                                : found);
            }
            return mapped;
        }
        String filter = arguments.text(0, "filter");
        if (!Filters.has(filter)) {
            throw new TemplateException("no filter named '" + filter + "'");
        }
        List<@Nullable Object> rest =
                arguments.positional().subList(1, arguments.positional().size());
        for (Object item : items) {
            mapped.add(Filters.apply(item, new Arguments(filter, rest, arguments.named())));
        }
        return mapped;
    }

    private static List<@Nullable Object> select(List<@Nullable Object> items, Arguments arguments, boolean byField) {
        boolean wanted = arguments.function().startsWith("select");
        List<@Nullable Object> given = arguments.positional();
        Object path = byField ? arguments.at(0, "attribute") : null;
        int testAt = byField ? 1 : 0;
        String test = given.size() > testAt ? Python.str(given.get(testAt)) : null;
        if (test != null && !Tests.has(symbolic(test))) {
            throw new TemplateException("no test named '" + test + "'");
        }
        var kept = new ArrayList<@Nullable Object>();
        for (Object item : items) {
            Object value = field(item, path);
            boolean holds = test == null
                    ? Python.truth(value)
                    : Tests.holds(symbolic(test), value, given.subList(testAt + 1, given.size()));
            if (holds == wanted) {
                kept.add(item);
            }
        }
        return kept;
    }

    private static String symbolic(String test) {
        return switch (test) {
            case "==" -> "eq";
            case "!=" -> "ne";
            case "<" -> "lt";
            case "<=" -> "le";
            case ">" -> "gt";
            case ">=" -> "ge";
            default -> test;
        };
    }

    private static Comparator<@Nullable Object> order(@Nullable Object path, boolean caseSensitive) {
        return (a, b) -> Python.compare(folded(field(a, path), caseSensitive), folded(field(b, path), caseSensitive));
    }

    private static List<@Nullable Object> sort(List<@Nullable Object> items, Arguments arguments) {
        Comparator<@Nullable Object> order =
                order(arguments.at(2, "attribute", null), arguments.flag(1, "case_sensitive", false));
        items.sort(arguments.flag(0, "reverse", false) ? order.reversed() : order);
        return items;
    }

    private static Object dictSort(@Nullable Object value, Arguments arguments) {
        List<@Nullable Object> entries =
                Python.items(Filters.apply(value, new Arguments("items", List.of(), Map.of())));
        boolean byValue = "value".equals(arguments.at(1, "by", "key"));
        entries.sort(order(byValue ? 1L : 0L, arguments.flag(0, "case_sensitive", false)));
        return arguments.flag(2, "reverse", false) ? entries.reversed() : entries;
    }

    private static List<@Nullable Object> unique(List<@Nullable Object> items, Arguments arguments) {
        boolean caseSensitive = arguments.flag(0, "case_sensitive", false);
        var seen = new ArrayList<@Nullable Object>();
        items.removeIf(item -> {
            Object key = folded(field(item, arguments.at(1, "attribute", null)), caseSensitive);
            return Operators.contains(seen, key) || !seen.add(key);
        });
        return items;
    }

    private static @Nullable Object extreme(List<@Nullable Object> items, Arguments arguments) {
        if (items.isEmpty()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        Comparator<@Nullable Object> order =
                order(arguments.at(1, "attribute", null), arguments.flag(0, "case_sensitive", false));
        return arguments.function().equals("min") ? Collections.min(items, order) : Collections.max(items, order);
    }

    private static @Nullable Object sum(List<@Nullable Object> items, Arguments arguments) {
        Object total = arguments.at(1, "start", 0L);
        for (Object item : items) {
            total = Operators.binary("+", total, field(item, arguments.at(0, "attribute", null)));
        }
        return total;
    }

    private static List<@Nullable Object> batch(List<@Nullable Object> items, Arguments arguments) {
        int size = Math.clamp(arguments.whole(0, "linecount", 1), 1, 100_000);
        var batches = new ArrayList<@Nullable Object>();
        for (int i = 0; i < items.size(); i = Math.addExact(i, size)) {
            List<@Nullable Object> batch = new ArrayList<>(items.subList(i, Math.min(items.size(), i + size)));
            while (arguments.has(1, "fill_with") && batch.size() < size) {
                batch.add(arguments.at(1, "fill_with"));
            }
            batches.add(batch);
        }
        return batches;
    }
}
