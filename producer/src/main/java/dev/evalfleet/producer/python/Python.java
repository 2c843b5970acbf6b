package dev.evalfleet.producer.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The built-in functions of Python that templates rely on: `str`, `repr`, `len`, truth, equality, order, iteration.
public final class Python {
    private Python() {}

    public static String str(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        var out = new StringBuilder();
        Repr.append(out, value);
        return out.toString();
    }

    public static String repr(@Nullable Object value) {
        var out = new StringBuilder();
        Repr.append(out, value);
        return out.toString();
    }

    public static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case BigInteger number -> number.signum() != 0;
            case Collection<?> items -> !items.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Undefined undefined -> throw undefined.raised();
            default -> true;
        };
    }

    public static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (a == b) {
            return !(a instanceof Double number && number.isNaN());
        }
        if (a == null || b == null) {
            return false;
        }
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b) == 0;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return a instanceof Tuple == b instanceof Tuple && equalItems(left, right);
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return equalEntries(left, right);
        }
        return a.equals(b);
    }

    private static boolean equalItems(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Map<?, ?> left, Map<?, ?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            if (!right.containsKey(entry.getKey()) || !equal(entry.getValue(), right.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /// The order of `<`; values that Python cannot order raise TypeError, as there.
    public static int compare(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (a != null && b != null && isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof String left && b instanceof String right) {
            return compareText(left, right);
        }
        if (a instanceof List<?> left && b instanceof List<?> right && a instanceof Tuple == b instanceof Tuple) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                if (!equal(left.get(i), right.get(i))) {
                    return compare(left.get(i), right.get(i));
                }
            }
            return Integer.compare(left.size(), right.size());
        }
        throw PythonException.type("'<' not supported between instances of '" + typeName(a) + "' and '" + typeName(b)
                + "' (values " + shortRepr(a) + " and " + shortRepr(b) + ")");
    }

    // UTF-16 order differs from code point order only where surrogates meet other characters.
    private static int compareText(String left, String right) {
        int at = 0;
        while (at < left.length() && at < right.length()) {
            int a = left.codePointAt(at);
            int b = right.codePointAt(at);
            if (a != b) {
                return Integer.compare(a, b);
            }
            at += Character.charCount(a);
        }
        return Integer.compare(left.length(), right.length());
    }

    public static boolean isNumber(@Nullable Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger;
    }

    private static int compareNumbers(Object a, Object b) {
        Object left = plainNumber(a);
        Object right = plainNumber(b);
        if (left instanceof Long x && right instanceof Long y) {
            return Long.compare(x, y);
        }
        if (left instanceof Double x && right instanceof Double y) {
            return x < y ? -1 : x > y ? 1 : x.doubleValue() == y.doubleValue() ? 0 : 2;
        }
        if ((left instanceof Double x && !Double.isFinite(x)) || (right instanceof Double y && !Double.isFinite(y))) {
            return compareNumbers(((Number) left).doubleValue(), ((Number) right).doubleValue());
        }
        return exact(left).compareTo(exact(right));
    }

    private static BigDecimal exact(Object number) {
        return switch (number) {
            case BigInteger big -> new BigDecimal(big);
            case Long whole -> BigDecimal.valueOf(whole);
            default -> new BigDecimal(((Number) number).doubleValue());
        };
    }

    /// True is 1 and False is 0 wherever a number is wanted.
    public static Object plainNumber(Object number) {
        return number instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : number;
    }

    static double doubleOf(@Nullable Object number) {
        return switch (number) {
            case Number value -> value.doubleValue();
            case Boolean flag -> flag ? 1 : 0;
            case null, default -> throw PythonException.type("must be real number, not " + typeName(number));
        };
    }

    public static long length(@Nullable Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case Collection<?> items -> items.size();
            case Map<?, ?> map -> map.size();
            case Undefined undefined -> throw undefined.raised();
            case null, default -> throw PythonException.type("object of type '" + typeName(value) + "' has no len()");
        };
    }

    /// The items that `for` would go through.
    public static List<@Nullable Object> items(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> new ArrayList<>(list);
            case Collection<?> some -> new ArrayList<>(some);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String text -> {
                var letters = new ArrayList<@Nullable Object>(text.length());
                text.codePoints().forEach(point -> letters.add(Character.toString(point)));
                yield letters;
            }
            case Iterator<?> iterator -> {
                var rest = new ArrayList<@Nullable Object>();
                iterator.forEachRemaining(rest::add);
                yield rest;
            }
            case Undefined undefined -> throw undefined.raised();
            case null, default -> throw PythonException.type("'" + typeName(value) + "' object is not iterable");
        };
    }

    public static String typeName(@Nullable Object value) {
        return switch (value) {
            case null -> "NoneType";
            case String _ -> "str";
            case Boolean _ -> "bool";
            case Long _ -> "int";
            case BigInteger _ -> "int";
            case Double _ -> "float";
            case Tuple _ -> "tuple";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Undefined _ -> "Undefined";
            default -> "object";
        };
    }

    public static String shortRepr(@Nullable Object value) {
        String text = repr(value);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
