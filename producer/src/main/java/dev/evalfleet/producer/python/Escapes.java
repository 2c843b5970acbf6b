package dev.evalfleet.producer.python;

/// Backslash escapes of a Python string literal.
public final class Escapes {
    private Escapes() {}

    public static String decode(String source) {
        if (source.indexOf('\\') < 0) {
            return source;
        }
        var out = new StringBuilder(source.length());
        int at = 0;
        while (at < source.length()) {
            char letter = source.charAt(at++);
            if (letter != '\\' || at == source.length()) {
                out.append(letter);
            } else {
                at = escape(source, at, out);
            }
        }
        return out.toString();
    }

    // Called behind the backslash; returns where to go on.
    private static int escape(String source, int at, StringBuilder out) {
        char letter = source.charAt(at);
        return switch (letter) {
            case '\n' -> at + 1;
            case 'n' -> append(out, '\n', at);
            case 't' -> append(out, '\t', at);
            case 'r' -> append(out, '\r', at);
            case 'a' -> append(out, 0x07, at);
            case 'b' -> append(out, '\b', at);
            case 'f' -> append(out, '\f', at);
            case 'v' -> append(out, 0x0b, at);
            case '\\', '\'', '"' -> append(out, letter, at);
            case 'x' -> number(source, at + 1, 2, out);
            case 'u' -> number(source, at + 1, 4, out);
            case 'U' -> number(source, at + 1, 8, out);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(source, at, out);
            default -> append(out.append('\\'), letter, at);
        };
    }

    private static int append(StringBuilder out, int point, int at) {
        out.appendCodePoint(point);
        return at + 1;
    }

    private static int number(String source, int from, int digits, StringBuilder out) {
        try {
            out.appendCodePoint(Integer.parseInt(source.substring(from, from + digits), 16));
            return from + digits;
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new PythonException("SyntaxError", "broken escape in string '" + source + "'");
        }
    }

    private static int octal(String source, int from, StringBuilder out) {
        int at = from;
        int value = 0;
        while (at < source.length() && at < from + 3 && source.charAt(at) >= '0' && source.charAt(at) <= '7') {
            value = value * 8 + source.charAt(at++) - '0';
        }
        out.appendCodePoint(value);
        return at;
    }
}
