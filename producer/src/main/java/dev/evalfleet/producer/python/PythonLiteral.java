package dev.evalfleet.producer.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `ast.literal_eval`: reads a value from its Python source text.
public final class PythonLiteral {
    private static final Pattern NUMBER =
            Pattern.compile("\\d[\\d_]*(\\.[\\d_]*)?([eE][+-]?\\d+)?|\\.\\d[\\d_]*([eE][+-]?\\d+)?");
    private static final int DEEPEST = 50;

    private final String source;
    private int at;
    private int depth;

    private PythonLiteral(String source) {
        this.source = source;
    }

    /// Throws [PythonException] where the text is no literal.
    public static @Nullable Object parse(String source) {
        var parser = new PythonLiteral(source.replaceFirst("^[ \\t]+", ""));
        Object value = parser.value();
        parser.space();
        if (parser.at < parser.source.length()) {
            throw parser.broken();
        }
        return value;
    }

    private @Nullable Object value() {
        if (++depth > DEEPEST) {
            throw broken();
        }
        space();
        char letter = peek();
        Object value =
                switch (letter) {
                    case '[' -> items(']');
                    case '(' -> parenthesised();
                    case '{' -> braces();
                    case '-', '+' -> signed();
                    case '\'', '"' -> texts();
                    default -> Character.isDigit(letter) || letter == '.' ? number() : word();
                };
        depth--;
        return value;
    }

    private @Nullable Object signed() {
        boolean negative = source.charAt(at++) == '-';
        Object value = value();
        if (!Python.isNumber(value) || value instanceof Boolean) {
            throw broken();
        }
        return negative ? Operators.negative(value) : value;
    }

    private List<@Nullable Object> items(char end) {
        at++;
        var items = new ArrayList<@Nullable Object>();
        while (!skip(end)) {
            items.add(value());
            if (!skip(',')) {
                expect(end);
                return items;
            }
        }
        return items;
    }

    private @Nullable Object parenthesised() {
        int start = at;
        List<@Nullable Object> items = items(')');
        boolean comma = Strings.strip(source.substring(start, at - 1)).endsWith(",");
        return items.size() == 1 && !comma ? items.getFirst() : new Tuple(items);
    }

    private Object braces() {
        at++;
        var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        var set = new ArrayList<@Nullable Object>();
        while (!skip('}')) {
            Object key = value();
            if (skip(':')) {
                map.put(key, value());
            } else {
                set.add(key);
            }
            if (!skip(',')) {
                expect('}');
                break;
            }
        }
        if (!set.isEmpty() && !map.isEmpty()) {
            throw broken();
        }
        return set.isEmpty() ? map : set;
    }

    private String texts() {
        var out = new StringBuilder();
        for (space(); peek() == '\'' || peek() == '"'; space()) {
            out.append(text());
        }
        return out.toString();
    }

    private String text() {
        String quote = source.startsWith("'''", at) || source.startsWith("\"\"\"", at)
                ? source.substring(at, at + 3)
                : source.substring(at, at + 1);
        int start = at + quote.length();
        int end = start;
        while (!source.startsWith(quote, end)) {
            if (end >= source.length() || (quote.length() == 1 && source.charAt(end) == '\n')) {
                throw broken();
            }
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        at = end + quote.length();
        return Escapes.decode(source.substring(start, end));
    }

    private Object number() {
        Matcher digits = NUMBER.matcher(source).region(at, source.length());
        if (!digits.lookingAt()) {
            throw broken();
        }
        at = digits.end();
        String text = digits.group().replace("_", "");
        if (text.matches("\\d+")) {
            if (text.length() > 1 && text.startsWith("0") && !text.matches("0+")) {
                throw broken();
            }
            return Operators.number(new BigInteger(text));
        }
        return Double.parseDouble(text);
    }

    private @Nullable Object word() {
        for (String word : List.of("None", "True", "False")) {
            int end = at + word.length();
            if (source.startsWith(word, at)
                    && (end == source.length() || !Character.isJavaIdentifierPart(source.charAt(end)))) {
                at = end;
                return word.equals("None") ? null : (Object) word.equals("True");
            }
        }
        throw broken();
    }

    private char peek() {
        return at < source.length() ? source.charAt(at) : '\0';
    }

    private void space() {
        while (at < source.length() && " \t\n\r\f".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char letter) {
        space();
        if (peek() != letter) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char letter) {
        if (!skip(letter)) {
            throw broken();
        }
    }

    private PythonException broken() {
        return new PythonException("SyntaxError", "not a Python literal: " + Python.shortRepr(source));
    }
}
