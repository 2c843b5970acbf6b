package dev.evalfleet.producer.python;

import dev.evalfleet.runtime.python.PythonNumber;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `str.format` and the `%` operator, as far as prompts use them: s, d, f, e-free numbers, width, precision, alignment.
public final class Formatting {
    private static final Pattern FIELD =
            Pattern.compile("\\{\\{|\\}\\}|\\{([^{}:!]*)(?:!([rs]))?(?::([^{}]*))?\\}|[{}]");
    private static final Pattern SPEC =
            Pattern.compile("(?:(.)?([<>^]))?([+ ])?(0)?(\\d+)?(,)?(?:\\.(\\d+))?([sdfgx%]?)");
    private static final Pattern PERCENT =
            Pattern.compile("%(?:\\((\\w+)\\))?([-+0 ]*)(\\d+)?(?:\\.(\\d+))?([sdifrx%])");

    private Formatting() {}

    public static String format(String pattern, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        var out = new StringBuilder();
        Matcher field = FIELD.matcher(pattern);
        int next = 0;
        while (field.find()) {
            String whole = field.group();
            if (whole.equals("{{") || whole.equals("}}")) {
                field.appendReplacement(out, Matcher.quoteReplacement(whole.substring(1)));
                continue;
            }
            if (field.group(1) == null) {
                throw PythonException.value("Single '" + whole + "' encountered in format string");
            }
            String name = field.group(1);
            Object value = name.isEmpty() ? argument(arguments, next++) : lookUp(name, arguments, named);
            String text = "r".equals(field.group(2)) ? Python.repr(value) : spec(value, field.group(3));
            field.appendReplacement(out, Matcher.quoteReplacement(text));
        }
        return field.appendTail(out).toString();
    }

    private static @Nullable Object lookUp(
            String name, List<@Nullable Object> arguments, Map<String, @Nullable Object> named) {
        if (name.chars().allMatch(Character::isDigit)) {
            return argument(arguments, Integer.parseInt(name));
        }
        if (!named.containsKey(name)) {
            throw new PythonException("KeyError", "'" + name + "'");
        }
        return named.get(name);
    }

    private static @Nullable Object argument(List<@Nullable Object> arguments, int index) {
        if (index >= arguments.size()) {
            throw new PythonException("IndexError", "Replacement index " + index + " out of range");
        }
        return arguments.get(index);
    }

    private static String spec(@Nullable Object value, @Nullable String spec) {
        if (spec == null || spec.isEmpty()) {
            return Python.str(value);
        }
        Matcher parts = SPEC.matcher(spec);
        if (!parts.matches()) {
            throw PythonException.value("Invalid format specifier '" + spec + "'");
        }
        String body = body(value, parts.group(8), parts.group(7), parts.group(6) != null);
        if (parts.group(3) != null && Python.isNumber(value) && !body.startsWith("-")) {
            body = parts.group(3) + body;
        }
        int width = parts.group(5) == null ? 0 : Integer.parseInt(parts.group(5));
        boolean zero = parts.group(4) != null;
        String align = parts.group(2) != null ? parts.group(2) : Python.isNumber(value) ? ">" : "<";
        String fill = parts.group(1) != null ? parts.group(1) : zero ? "0" : " ";
        return pad(body, Math.min(width, 10_000), align, fill, zero && parts.group(2) == null);
    }

    private static String pad(String body, int width, String align, String fill, boolean afterSign) {
        int missing = (int) Math.max(0, width - Python.length(body));
        if (afterSign && (body.startsWith("-") || body.startsWith("+"))) {
            return body.charAt(0) + fill.repeat(missing) + body.substring(1);
        }
        return switch (align) {
            case "<" -> body + fill.repeat(missing);
            case "^" -> fill.repeat(missing / 2) + body + fill.repeat(missing - missing / 2);
            default -> fill.repeat(missing) + body;
        };
    }

    private static String body(@Nullable Object value, String type, @Nullable String precision, boolean grouped) {
        boolean number = value != null && Python.isNumber(value);
        if (type.equals("f") || type.equals("%") || (number && precision != null)) {
            if (!number) {
                throw PythonException.value("Unknown format code '" + type + "' for " + Python.typeName(value));
            }
            double amount = Python.doubleOf(value) * (type.equals("%") ? 100 : 1);
            String text = fixed(amount, precision == null ? 6 : Integer.parseInt(precision));
            return (grouped ? group(text) : text) + (type.equals("%") ? "%" : "");
        }
        if (type.equals("x") && value instanceof Long whole) {
            return Long.toHexString(whole);
        }
        if (type.equals("d") && !(value instanceof Long || value instanceof Boolean)) {
            throw PythonException.value("Unknown format code 'd' for object of type '" + Python.typeName(value) + "'");
        }
        String text = Python.str(value instanceof Boolean flag && type.equals("d") ? (Object) (flag ? 1L : 0L) : value);
        if (precision != null) {
            return text.substring(
                    0, text.offsetByCodePoints(0, (int) Math.min(Python.length(text), Integer.parseInt(precision))));
        }
        return grouped ? group(text) : text;
    }

    /// Python rounds the exact binary value, half to even.
    static String fixed(double value, int digits) {
        if (!Double.isFinite(value)) {
            return PythonNumber.text(value);
        }
        String text = new BigDecimal(Math.abs(value))
                .setScale(Math.min(digits, 400), RoundingMode.HALF_EVEN)
                .toPlainString();
        return value < 0 || 1 / value < 0 ? "-" + text : text;
    }

    private static String group(String text) {
        int end = text.indexOf('.') < 0 ? text.length() : text.indexOf('.');
        var out = new StringBuilder(text);
        for (int i = end - 3; i > (text.startsWith("-") ? 1 : 0); i -= 3) {
            out.insert(i, ',');
        }
        return out.toString();
    }

    /// `pattern % values`
    public static String percent(String pattern, @Nullable Object values) {
        List<@Nullable Object> arguments =
                values instanceof Tuple tuple ? tuple : java.util.Collections.singletonList(values);
        var out = new StringBuilder();
        Matcher field = PERCENT.matcher(pattern);
        int next = 0;
        while (field.find()) {
            String type = field.group(5);
            String text = "%";
            if (!type.equals("%")) {
                Object value = field.group(1) != null && values instanceof Map<?, ?> map
                        ? map.get(field.group(1))
                        : argument(arguments, next++);
                text = percentField(value, type, field);
            }
            field.appendReplacement(out, Matcher.quoteReplacement(text));
        }
        return field.appendTail(out).toString();
    }

    private static String percentField(@Nullable Object value, String type, Matcher field) {
        String body =
                switch (type) {
                    case "r" -> Python.repr(value);
                    case "d", "i" -> Python.str(value instanceof Double number ? (Object) number.longValue() : value);
                    case "f" -> body(value, "f", field.group(4), false);
                    case "x" -> body(value, "x", null, false);
                    default -> body(value, "s", field.group(4), false);
                };
        String flags = field.group(2);
        int width = field.group(3) == null ? 0 : Math.min(10_000, Integer.parseInt(field.group(3)));
        return pad(body, width, flags.contains("-") ? "<" : ">", flags.contains("0") ? "0" : " ", true);
    }
}
