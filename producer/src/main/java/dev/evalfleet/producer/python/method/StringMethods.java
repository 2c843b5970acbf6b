package dev.evalfleet.producer.python.method;

import dev.evalfleet.producer.python.Formatting;
import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.python.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The methods of Python's `str`.
final class StringMethods {
    private static final Set<String> NAMES = Set.of(
            "strip lstrip rstrip split rsplit splitlines replace index rindex find rfind count startswith endswith upper "
                    .concat("lower capitalize title swapcase casefold join format zfill center ljust rjust isdigit ")
                    .concat("isdecimal isnumeric isalpha isalnum isupper islower isspace partition rpartition ")
                    .concat("removeprefix removesuffix")
                    .split(" "));

    private StringMethods() {}

    static boolean has(String name) {
        return NAMES.contains(name);
    }

    static @Nullable Object call(String text, Arguments arguments) {
        return switch (arguments.function()) {
            case "strip" -> Strings.strip(text, arguments.optionalText(0, "chars"), true, true);
            case "lstrip" -> Strings.strip(text, arguments.optionalText(0, "chars"), true, false);
            case "rstrip" -> Strings.strip(text, arguments.optionalText(0, "chars"), false, true);
            case "split" -> split(text, arguments, false);
            case "rsplit" -> split(text, arguments, true);
            case "splitlines" -> Splitting.lines(text, arguments.flag(0, "keepends", false));
            case "replace" ->
                Strings.replace(
                        text, arguments.text(0, "old"), arguments.text(1, "new"), arguments.whole(2, "count", -1));
            case "index", "rindex", "find", "rfind", "count" -> search(text, arguments);
            case "startswith" -> affix(text, arguments, true);
            case "endswith" -> affix(text, arguments, false);
            case "join" -> join(text, Python.items(arguments.at(0, "iterable")));
            case "format" -> Formatting.format(text, arguments.positional(), arguments.named());
            case "zfill" -> zeroFill(text, arguments.whole(0, "width", 0));
            case "center", "ljust", "rjust" -> pad(text, arguments);
            case "partition", "rpartition" -> partition(text, arguments);
            case "removeprefix" ->
                text.startsWith(arguments.text(0, "prefix"))
                        ? text.substring(arguments.text(0, "prefix").length())
                        : text;
            case "removesuffix" ->
                text.endsWith(arguments.text(0, "suffix"))
                        ? text.substring(
                                0, text.length() - arguments.text(0, "suffix").length())
                        : text;
            default -> letters(text, arguments.function());
        };
    }

    private static Object letters(String text, String name) {
        return switch (name) {
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower", "casefold" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> Strings.capitalize(text);
            case "title" -> Strings.title(text);
            case "swapcase" -> Strings.swapCase(text);
            case "isdigit", "isdecimal", "isnumeric" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, Strings::isSpace);
            case "isupper" ->
                text.codePoints().anyMatch(Character::isUpperCase)
                        && text.codePoints().noneMatch(Character::isLowerCase);
            case "islower" ->
                text.codePoints().anyMatch(Character::isLowerCase)
                        && text.codePoints().noneMatch(Character::isUpperCase);
            default -> throw new PythonException("AttributeError", "'str' object has no attribute '" + name + "'");
        };
    }

    private static boolean all(String text, IntPredicate rule) {
        return !text.isEmpty() && text.codePoints().allMatch(rule);
    }

    private static List<@Nullable Object> split(String text, Arguments arguments, boolean fromRight) {
        String separator = arguments.optionalText(0, "sep");
        long most = arguments.whole(1, "maxsplit", -1);
        if (separator != null && separator.isEmpty()) {
            throw PythonException.value("empty separator");
        }
        return Splitting.split(text, separator, most < 0 ? Long.MAX_VALUE : most, fromRight);
    }

    private static Object search(String text, Arguments arguments) {
        String wanted = arguments.text(0, "sub");
        String part = (String) Indexing.slice(text, arguments.at(1, "start", null), arguments.at(2, "end", null), null);
        long offset = arguments.whole(1, "start", 0);
        long skipped = Math.min(offset < 0 ? Math.max(0, offset + Python.length(text)) : offset, Python.length(text));
        String function = arguments.function();
        if (function.equals("count")) {
            return wanted.isEmpty() ? Python.length(part) + 1 : (long) part.split(quoted(wanted), -1).length - 1;
        }
        int at = function.startsWith("r") ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        if (at < 0 && function.endsWith("index")) {
            throw PythonException.value(
                    "substring " + Python.shortRepr(wanted) + " not found in " + Python.shortRepr(text));
        }
        return at < 0 ? -1L : skipped + part.codePointCount(0, at);
    }

    private static String quoted(String text) {
        return java.util.regex.Pattern.quote(text);
    }

    private static Object affix(String text, Arguments arguments, boolean start) {
        Object wanted = arguments.at(0, start ? "prefix" : "suffix");
        List<?> options =
                wanted instanceof Tuple tuple ? tuple : List.of(arguments.text(0, start ? "prefix" : "suffix"));
        return options.stream()
                .anyMatch(option -> start ? text.startsWith(Python.str(option)) : text.endsWith(Python.str(option)));
    }

    static String join(String separator, List<@Nullable Object> parts) {
        var texts = new ArrayList<String>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof String part)) {
                throw PythonException.type("sequence item " + i + ": expected str instance, "
                        + Python.typeName(parts.get(i)) + " found (" + Python.shortRepr(parts.get(i)) + ")");
            }
            texts.add(part);
        }
        return String.join(separator, texts);
    }

    private static String zeroFill(String text, long width) {
        int missing = Math.clamp(width - Python.length(text), 0, 10_000);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        return signed ? text.charAt(0) + "0".repeat(missing) + text.substring(1) : "0".repeat(missing) + text;
    }

    private static String pad(String text, Arguments arguments) {
        int missing = Math.clamp(arguments.whole(0, "width", 0) - Python.length(text), 0, 10_000);
        String fill = arguments.has(1, "fillchar") ? arguments.text(1, "fillchar") : " ";
        int width = missing + (int) Python.length(text);
        return switch (arguments.function()) {
            case "ljust" -> text + fill.repeat(missing);
            case "rjust" -> fill.repeat(missing) + text;
            default -> {
                int left = missing / 2 + (missing & width & 1);
                yield fill.repeat(left) + text + fill.repeat(missing - left);
            }
        };
    }

    private static Tuple partition(String text, Arguments arguments) {
        String separator = arguments.text(0, "sep");
        boolean fromRight = arguments.function().startsWith("r");
        int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return new Tuple(fromRight ? List.of("", "", text) : List.of(text, "", ""));
        }
        return new Tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }
}
