package dev.evalfleet.producer.script.syntax;

import dev.evalfleet.producer.python.Escapes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Splits Python source into words, with INDENT and DEDENT where blocks begin and end.
final class Lexer {
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
    private static final Pattern NUMBER = Pattern.compile(
            "0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\\d[\\d_]*(\\.[\\d_]*)?|\\.\\d[\\d_]*)([eE][+-]?\\d+)?");
    private static final Pattern TEXT = Pattern.compile("([rRbBfFuU]{0,2})(\"\"\"|'''|\"|')");
    private static final Pattern OPERATOR =
            Pattern.compile("\\*\\*=|//=|<<=|>>=|\\.\\.\\.|->|:=|==|!=|<=|>=|\\+=|-=|\\*=|/=|%=|&=|\\|=|\\^=|\\*\\*|//"
                    + "|<<|>>|[-+*/%@&|^~<>()\\[\\]{},:.;=]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Integer> indents = new ArrayDeque<>(List.of(0));
    private int at;
    private int line = 1;
    private int brackets;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        var lexer = new Lexer(source.replace("\r\n", "\n").replace("\uFEFF", ""));
        lexer.read();
        return lexer.tokens;
    }

    private void read() {
        boolean lineStart = true;
        while (at < source.length()) {
            if (lineStart && brackets == 0) {
                lineStart = false;
                if (!indented()) {
                    lineStart = true;
                    continue;
                }
            }
            lineStart = word();
        }
        if (!tokens.isEmpty() && tokens.getLast().kind() != Token.Kind.NEWLINE) {
            add(Token.Kind.NEWLINE, "");
        }
        for (; indents.size() > 1; indents.pop()) {
            add(Token.Kind.DEDENT, "");
        }
        add(Token.Kind.END, "");
    }

    // False where the line is blank or a comment, which says nothing about blocks.
    private boolean indented() {
        int width = 0;
        int start = at;
        for (; start < source.length() && (source.charAt(start) == ' ' || source.charAt(start) == '\t'); start++) {
            width = source.charAt(start) == '\t' ? (width / 8 + 1) * 8 : width + 1;
        }
        at = start;
        if (start == source.length() || source.charAt(start) == '\n' || source.charAt(start) == '#') {
            int end = source.indexOf('\n', start);
            at = end < 0 ? source.length() : end + 1;
            line++;
            return false;
        }
        int outer = indents.getFirst();
        if (width > outer) {
            indents.push(width);
            add(Token.Kind.INDENT, "");
        }
        for (; width < indents.getFirst(); indents.pop()) {
            add(Token.Kind.DEDENT, "");
        }
        return true;
    }

    // True where a logical line ends.
    private boolean word() {
        char letter = source.charAt(at);
        if (letter == '\n') {
            at++;
            if (brackets == 0) {
                add(Token.Kind.NEWLINE, "");
            }
            line++;
            return brackets == 0;
        }
        if (letter == ' ' || letter == '\t' || letter == '\f') {
            at++;
        } else if (letter == '\\' && source.startsWith("\n", at + 1)) {
            at += 2;
            line++;
        } else if (letter == '#') {
            int end = source.indexOf('\n', at);
            at = end < 0 ? source.length() : end;
        } else {
            visible();
        }
        return false;
    }

    private void visible() {
        Matcher text = matcher(TEXT);
        if (text.lookingAt()) {
            text(text.group(1).toLowerCase(Locale.ROOT), text.group(2), text.end());
            return;
        }
        Matcher name = matcher(NAME);
        if (name.lookingAt()) {
            add(Token.Kind.NAME, name.group());
            at = name.end();
            return;
        }
        Matcher number = matcher(NUMBER);
        if (number.lookingAt()) {
            add(Token.Kind.NUMBER, number.group());
            at = number.end();
            return;
        }
        Matcher operator = matcher(OPERATOR);
        if (!operator.lookingAt()) {
            throw new SyntaxException(line, "unexpected character '" + source.charAt(at) + "'");
        }
        String sign = operator.group();
        brackets += "([{".contains(sign) ? 1 : ")]}".contains(sign) ? -1 : 0;
        add(Token.Kind.OPERATOR, sign);
        at = operator.end();
    }

    private void text(String prefix, String quote, int start) {
        int end = start;
        while (!source.startsWith(quote, end)) {
            if (end >= source.length() || (quote.length() == 1 && source.charAt(end) == '\n')) {
                throw new SyntaxException(line, "text without an end");
            }
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        String body = source.substring(start, end);
        boolean raw = prefix.contains("r");
        if (prefix.contains("f")) {
            add(Token.Kind.FORMATTED, raw ? body.replace("\\", "\\\\") : body);
        } else {
            add(Token.Kind.TEXT, raw ? body : Escapes.decode(body));
        }
        line += (int) body.chars().filter(letter -> letter == '\n').count();
        at = end + quote.length();
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(source).region(at, source.length());
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }
}
