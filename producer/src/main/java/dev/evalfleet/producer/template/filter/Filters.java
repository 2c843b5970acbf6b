package dev.evalfleet.producer.template.filter;

import dev.evalfleet.producer.python.Formatting;
import dev.evalfleet.producer.python.Operators;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.python.Tuple;
import dev.evalfleet.producer.python.Undefined;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Methods;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.runtime.python.RegexException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Jinja's filters on single values; those on lists are in [ListFilters].
public final class Filters {
    private static final Pattern GROUP = Pattern.compile("\\\\(\\d)");
    private static final Set<String> NAMES = Set.of(
            "abs",
            "capitalize",
            "center",
            "count",
            "d",
            "default",
            "e",
            "escape",
            "float",
            "format",
            "indent",
            "int",
            "items",
            "length",
            "lower",
            "regex_replace",
            "replace",
            "round",
            "safe",
            "string",
            "title",
            "tojson",
            "trim",
            "truncate",
            "upper",
            "wordcount");

    private Filters() {}

    public static boolean has(String name) {
        return NAMES.contains(name) || ListFilters.NAMES.contains(name);
    }

    public static @Nullable Object apply(@Nullable Object value, Arguments arguments) {
        String name = arguments.function();
        if (name.equals("default") || name.equals("d")) {
            boolean missing =
                    value instanceof Undefined || (arguments.flag(1, "boolean", false) && !Python.truth(value));
            return missing ? arguments.at(0, "default_value", "") : value;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.raised();
        }
        if (ListFilters.NAMES.contains(name)) {
            return ListFilters.apply(value, arguments);
        }
        return switch (name) {
            case "length", "count" -> Python.length(value);
            case "abs" -> Python.compare(value, 0L) < 0 ? Operators.negative(value) : value;
            case "int" -> whole(value, arguments);
            case "float" -> floating(value, arguments);
            case "round" -> round(value, arguments);
            case "items" -> value instanceof Map<?, ?> map ? Methods.entries(map) : notDict(value);
            case "tojson" -> Json.text(value);
            case "format" ->
                Formatting.percent(
                        Python.str(value),
                        arguments.named().isEmpty() ? new Tuple(arguments.positional()) : arguments.named());
            default -> text(Python.str(value), arguments);
        };
    }

    private static Object notDict(@Nullable Object value) {
        throw new PythonException("TypeError", "Can only get item pairs from a mapping, not " + Python.typeName(value));
    }

    private static @Nullable Object text(String text, Arguments arguments) {
        return switch (arguments.function()) {
            case "string", "safe" -> text;
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> Strings.capitalize(text);
            case "title" -> title(text);
            case "trim" -> Strings.strip(text, arguments.optionalText(0, "chars"), true, true);
            case "replace" -> method(text, "replace", arguments);
            case "center" -> method(text, "center", arguments.has(0, "width") ? arguments : eighty());
            case "e", "escape" ->
                text.replace("&", "&amp;")
                        .replace(">", "&gt;")
                        .replace("<", "&lt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&#34;");
            case "regex_replace" -> regexReplace(text, arguments);
            case "wordcount" ->
                java.util.regex.Pattern.compile("\\w+", java.util.regex.Pattern.UNICODE_CHARACTER_CLASS)
                        .matcher(text)
                        .results()
                        .count();
            case "indent" -> indent(text, arguments);
            default -> truncate(text, arguments);
        };
    }

    private static Arguments eighty() {
        return new Arguments("center", List.of(80L), Map.of());
    }

    private static @Nullable Object method(String text, String name, Arguments arguments) {
        return java.util.Objects.requireNonNull(Methods.of(text, name)).call(arguments.positional(), arguments.named());
    }

    private static String title(String text) {
        var out = new StringBuilder();
        boolean start = true;
        for (int point : text.codePoints().toArray()) {
            out.append(
                    start
                            ? Character.toString(point).toUpperCase(Locale.ROOT)
                            : Character.toString(point).toLowerCase(Locale.ROOT));
            start = Strings.isSpace(point) || "-({[<".indexOf(point) >= 0;
        }
        return out.toString();
    }

    // With Python's pattern language, and within its time limit.
    private static String regexReplace(String text, Arguments arguments) {
        String replacement = arguments.text(1, "repl");
        long most = arguments.whole(2, "count", 0);
        var out = new StringBuilder();
        int[] end = {0};
        long[] count = {0};
        try {
            PythonRegex.compile(arguments.text(0, "pattern")).forEachMatch(text, match -> {
                if (most == 0 || count[0]++ < most) {
                    out.append(text, end[0], match.start());
                    String put = expanded(replacement, match);
                    Operators.bounded(put, out.length());
                    out.append(put);
                    end[0] = match.end();
                }
            });
        } catch (RegexException e) {
            throw PythonException.value(String.valueOf(e.getMessage()));
        }
        return out.append(text, end[0], text.length()).toString();
    }

    // \\1 is what the first group matched.
    private static String expanded(String replacement, MatchResult match) {
        return GROUP.matcher(replacement).replaceAll(found -> {
            int number = found.group(1).charAt(0) - '0';
            String group = number <= match.groupCount() ? match.group(number) : null;
            return Matcher.quoteReplacement(group == null ? "" : group);
        });
    }

    private static String indent(String text, Arguments arguments) {
        Object width = arguments.at(0, "width", 4L);
        String indention = width instanceof String given
                ? given
                : " ".repeat(Math.clamp(arguments.whole(0, "width", 4), 0, 10_000));
        boolean first = arguments.flag(1, "first", false);
        boolean blank = arguments.flag(2, "blank", false);
        var out = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            out.append(i == 0 ? "" : "\n");
            boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
            out.append(indented ? indention : "").append(lines[i]);
        }
        return out.toString();
    }

    private static String truncate(String text, Arguments arguments) {
        long length = arguments.whole(0, "length", 255);
        String end = arguments.has(2, "end") ? arguments.text(2, "end") : "...";
        if (Python.length(text) <= length + arguments.whole(3, "leeway", 5)) {
            return text;
        }
        String cut = text.substring(
                0,
                text.offsetByCodePoints(
                        0, Math.clamp(length - end.length(), 0, text.codePointCount(0, text.length()))));
        int space = cut.lastIndexOf(' ');
        return (arguments.flag(1, "killwords", false) || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static @Nullable Object whole(@Nullable Object value, Arguments arguments) {
        try {
            return switch (value) {
                case Long number -> number;
                case BigInteger number -> number;
                case Boolean flag -> flag ? 1L : 0L;
                case Double number when Double.isFinite(number) -> Operators.whole(number);
                case String text
                when text.length() <= 4300 && text.strip().matches("[+-]?\\d+") ->
                    Operators.number(new BigInteger(text.strip()));
                case String text -> Operators.whole(Double.parseDouble(text.strip()));
                case null, default -> arguments.at(0, "default", 0L);
            };
        } catch (NumberFormatException e) {
            return arguments.at(0, "default", 0L);
        }
    }

    private static @Nullable Object floating(@Nullable Object value, Arguments arguments) {
        try {
            return switch (value) {
                case Long number -> (double) number;
                case Double number -> number;
                case Boolean flag -> flag ? 1.0 : 0.0;
                case String text -> Double.parseDouble(text.strip());
                case null, default -> arguments.at(0, "default", 0.0);
            };
        } catch (NumberFormatException e) {
            return arguments.at(0, "default", 0.0);
        }
    }

    private static Object round(@Nullable Object value, Arguments arguments) {
        double number = ((Number)
                        java.util.Objects.requireNonNull(floating(value, new Arguments("round", List.of(), Map.of()))))
                .doubleValue();
        int digits = Math.clamp(arguments.whole(0, "precision", 0), -400, 400);
        String method = arguments.has(1, "method") ? arguments.text(1, "method") : "common";
        if (!method.equals("common")) {
            double scale = Math.pow(10, digits);
            return (method.equals("ceil") ? Math.ceil(number * scale) : Math.floor(number * scale)) / scale;
        }
        return new java.math.BigDecimal(number)
                .setScale(digits, java.math.RoundingMode.HALF_EVEN)
                .doubleValue();
    }
}
