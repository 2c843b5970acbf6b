package dev.evalfleet.producer.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Python's arithmetic and membership on template values.
public final class Operators {
    // A template that repeats a text without end must not eat the memory of the producer.
    private static final int LONGEST = 10_000_000;
    private static final int MOST_BITS = 1_000_000;

    private Operators() {}

    public static @Nullable Object binary(String operator, @Nullable Object left, @Nullable Object right) {
        if (left instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (left != null && right != null && Python.isNumber(left) && Python.isNumber(right)) {
            return arithmetic(operator, Python.plainNumber(left), Python.plainNumber(right));
        }
        if (operator.equals("+")) {
            return joined(left, right);
        }
        if (operator.equals("*") && right instanceof Long times) {
            return repeated(left, times, right);
        }
        if (operator.equals("*") && left instanceof Long times) {
            return repeated(right, times, left);
        }
        if (operator.equals("%") && left instanceof String pattern) {
            return Formatting.percent(pattern, right);
        }
        throw unsupported(operator, left, right);
    }

    private static PythonException unsupported(String operator, @Nullable Object left, @Nullable Object right) {
        return PythonException.type("unsupported operand type(s) for " + operator + ": '" + Python.typeName(left)
                + "' and '" + Python.typeName(right) + "' (values " + Python.shortRepr(left) + " and "
                + Python.shortRepr(right) + ")");
    }

    private static Object joined(@Nullable Object left, @Nullable Object right) {
        if (left instanceof String a && right instanceof String b) {
            return bounded(a, b.length()) + b;
        }
        if (left instanceof List<?> a
                && right instanceof List<?> b
                && left instanceof Tuple == right instanceof Tuple) {
            if ((long) a.size() + b.size() > LONGEST) {
                throw tooLong();
            }
            var items = new ArrayList<@Nullable Object>(a);
            items.addAll(b);
            return left instanceof Tuple ? new Tuple(items) : items;
        }
        throw unsupported("+", left, right);
    }

    /// The text, if it may grow by so many characters.
    public static String bounded(String text, long more) {
        if (text.length() + more > LONGEST) {
            throw tooLong();
        }
        return text;
    }

    private static PythonException tooLong() {
        return new PythonException("MemoryError", "a text or list of more than " + LONGEST + " elements");
    }

    private static Object repeated(@Nullable Object value, long times, @Nullable Object factor) {
        int count = Math.clamp(times, 0, LONGEST);
        if (value instanceof String text && (long) text.length() * count <= LONGEST) {
            return text.repeat(count);
        }
        if (value instanceof List<?> list && (long) list.size() * count <= LONGEST) {
            var items = new ArrayList<@Nullable Object>(list.size() * count);
            for (int i = 0; i < count; i++) {
                items.addAll(list);
            }
            return value instanceof Tuple ? new Tuple(items) : items;
        }
        throw unsupported("*", value, factor);
    }

    private static Object arithmetic(String operator, Object left, Object right) {
        if (operator.equals("/")) {
            return floating(operator, ((Number) left).doubleValue(), ((Number) right).doubleValue());
        }
        if (left instanceof Double || right instanceof Double) {
            return floating(operator, ((Number) left).doubleValue(), ((Number) right).doubleValue());
        }
        if (operator.equals("**") && ((Number) right).longValue() < 0) {
            return Math.pow(((Number) left).doubleValue(), ((Number) right).doubleValue());
        }
        return whole(operator, big(left), big(right));
    }

    private static BigInteger big(Object number) {
        return number instanceof BigInteger value ? value : BigInteger.valueOf((Long) number);
    }

    private static Object whole(String operator, BigInteger left, BigInteger right) {
        if ((operator.equals("//") || operator.equals("%")) && right.signum() == 0) {
            throw new PythonException("ZeroDivisionError", "integer division or modulo by zero");
        }
        BigInteger result =
                switch (operator) {
                    case "+" -> left.add(right);
                    case "-" -> left.subtract(right);
                    case "*" -> product(left, right);
                    case "//" -> floor(left, right);
                    case "%" -> left.subtract(floor(left, right).multiply(right));
                    case "**" -> power(left, right);
                    default -> throw unsupported(operator, left, right);
                };
        return number(result);
    }

    /// `int(value)` of a finite float.
    public static Object whole(double value) {
        return number(new BigDecimal(value).toBigInteger());
    }

    public static Object number(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private static BigInteger product(BigInteger left, BigInteger right) {
        if ((long) left.bitLength() + right.bitLength() > MOST_BITS) {
            throw PythonException.value("a product of more than " + MOST_BITS + " bits");
        }
        return left.multiply(right);
    }

    private static BigInteger power(BigInteger left, BigInteger right) {
        if (right.bitLength() > 16 || (long) left.bitLength() * right.intValue() > MOST_BITS) {
            throw PythonException.value("the power " + left + " ** " + right + " is too large");
        }
        return left.pow(right.intValue());
    }

    private static BigInteger floor(BigInteger left, BigInteger right) {
        BigInteger[] parts = left.divideAndRemainder(right);
        return parts[1].signum() != 0 && parts[1].signum() != right.signum()
                ? parts[0].subtract(BigInteger.ONE)
                : parts[0];
    }

    private static Object floating(String operator, double left, double right) {
        if (right == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new PythonException("ZeroDivisionError", "division by zero");
        }
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "//" -> Math.floor(left / right);
            case "%" -> left - Math.floor(left / right) * right;
            case "**" -> Math.pow(left, right);
            default -> throw unsupported(operator, left, right);
        };
    }

    public static @Nullable Object negative(@Nullable Object value) {
        return value instanceof Double number ? (Object) (-number) : binary("-", 0L, value);
    }

    /// `needle in haystack`
    public static boolean contains(@Nullable Object haystack, @Nullable Object needle) {
        if (haystack instanceof String text) {
            if (needle instanceof String part) {
                return text.contains(part);
            }
            throw PythonException.type("'in <string>' requires string as left operand, not " + Python.typeName(needle));
        }
        if (haystack instanceof Map<?, ?> map) {
            return map.containsKey(needle);
        }
        for (Object item : Python.items(haystack)) {
            if (Python.equal(item, needle)) {
                return true;
            }
        }
        return false;
    }

    /// One of `== != < <= > >= in` and `not in`.
    public static boolean compare(@Nullable Object left, String operator, @Nullable Object right) {
        return switch (operator) {
            case "==" -> Python.equal(left, right);
            case "!=" -> !Python.equal(left, right);
            case "in" -> isIn(left, right);
            case "not in" -> !isIn(left, right);
            case "<" -> Python.compare(left, right) == -1;
            case ">" -> Python.compare(left, right) == 1;
            case "<=" -> Math.abs(Python.compare(left, right)) < 2 && Python.compare(left, right) <= 0;
            default -> Math.abs(Python.compare(left, right)) < 2 && Python.compare(left, right) >= 0;
        };
    }

    private static boolean isIn(@Nullable Object needle, @Nullable Object haystack) {
        if (needle instanceof Undefined undefined) {
            throw undefined.raised();
        }
        return contains(haystack, needle);
    }
}
