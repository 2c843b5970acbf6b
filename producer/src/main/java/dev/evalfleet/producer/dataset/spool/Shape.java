package dev.evalfleet.producer.dataset.spool;

import dev.evalfleet.producer.dataset.format.PythonTime;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What all values of a JSON column have in common. Hugging Face's datasets reads JSON into typed columns; so whole
/// numbers become fractions where others are fractions, and texts become timestamps where all are timestamps.
/// What has no common type is left as it is.
public final class Shape {
    private enum Kind {
        UNSEEN,
        WHOLE,
        FRACTION,
        TIME,
        TEXT,
        BOOLEAN,
        LIST,
        STRUCT,
        MIXED
    }

    private Kind kind = Kind.UNSEEN;
    private boolean mixedNumbers;
    private @Nullable Shape element;
    private Map<String, Shape> fields = Map.of();

    public void learn(@Nullable Object value) {
        if (value == null || kind == Kind.MIXED) {
            return;
        }
        Kind seen = kind(value);
        if (kind == Kind.UNSEEN) {
            kind = seen;
            fields = value instanceof Map<?, ?> map ? fields(map) : Map.of();
        } else if (kind != seen) {
            kind = common(kind, seen);
        }
        if (kind == Kind.LIST && value instanceof List<?> list) {
            Shape of = Objects.requireNonNullElseGet(element, Shape::new);
            element = of;
            list.forEach(of::learn);
        } else if (kind == Kind.STRUCT && value instanceof Map<?, ?> map) {
            if (map.keySet().equals(fields.keySet())) {
                fields.forEach((name, field) -> field.learn(map.get(name)));
            } else {
                kind = Kind.MIXED;
            }
        }
    }

    private static Map<String, Shape> fields(Map<?, ?> map) {
        var fields = new LinkedHashMap<String, Shape>();
        map.keySet().forEach(name -> fields.put(String.valueOf(name), new Shape()));
        return fields;
    }

    private Kind kind(Object value) {
        return switch (value) {
            case Long _ -> Kind.WHOLE;
            case BigInteger _, Double _ -> Kind.FRACTION;
            case Boolean _ -> Kind.BOOLEAN;
            case List<?> _ -> Kind.LIST;
            case Map<?, ?> _ -> Kind.STRUCT;
            // once there was a text that is no timestamp, the others need no look
            default -> kind != Kind.TEXT && PythonTime.ofJson(value.toString()) != null ? Kind.TIME : Kind.TEXT;
        };
    }

    private Kind common(Kind one, Kind other) {
        if (isNumber(one) && isNumber(other)) {
            mixedNumbers = true;
            return Kind.FRACTION;
        }
        return isText(one) && isText(other) ? Kind.TEXT : Kind.MIXED;
    }

    private static boolean isNumber(Kind kind) {
        return kind == Kind.WHOLE || kind == Kind.FRACTION;
    }

    private static boolean isText(Kind kind) {
        return kind == Kind.TIME || kind == Kind.TEXT;
    }

    /// The value in its common type.
    public @Nullable Object applied(@Nullable Object value) {
        return switch (value) {
            case Long number when kind == Kind.FRACTION && mixedNumbers -> number.doubleValue();
            case BigInteger number when kind == Kind.FRACTION -> number.doubleValue();
            case String text when kind == Kind.TIME -> PythonTime.ofJson(text);
            case List<?> list when kind == Kind.LIST && element != null -> appliedList(list, element);
            case Map<?, ?> map
            when kind == Kind.STRUCT -> {
                var values = new LinkedHashMap<String, @Nullable Object>();
                fields.forEach((name, field) -> values.put(name, field.applied(map.get(name))));
                yield values;
            }
            case null, default -> value;
        };
    }

    private static List<@Nullable Object> appliedList(List<?> list, Shape element) {
        var values = new ArrayList<@Nullable Object>(list.size());
        list.forEach(item -> values.add(element.applied(item)));
        return values;
    }
}
