package dev.evalfleet.producer.template.syntax;

import dev.evalfleet.producer.python.Escapes;
import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.template.TemplateException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Splits template source into tokens; white-space control (`{%-`, `-}}`) is applied here.
final class Lexer {
    private static final Pattern OPENING = Pattern.compile("\\{([{%#])([-+]?)");
    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%\\}");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern EXPRESSION = Pattern.compile(
            "(?<space>\\s+)"
                    + "|(?<float>(?<!\\.)\\d[\\d_]*(?:(?:\\.\\d[\\d_]*)?[eE][+-]?\\d[\\d_]*|\\.\\d[\\d_]*))"
                    + "|(?<integer>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\\d[\\d_]*)"
                    + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
                    + "|(?<string>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
                    + "|(?<operator>//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;])",
            Pattern.DOTALL);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int counted;
    private int line = 1;
    private boolean trimNext;

    private Lexer(String source) {
        this.source = source.replace("\r\n", "\n").replace('\r', '\n');
    }

    static List<Token> tokens(String source) {
        var lexer = new Lexer(source);
        while (lexer.at < lexer.source.length()) {
            lexer.step();
        }
        lexer.add(Token.Kind.END, "");
        return lexer.tokens;
    }

    private void step() {
        Matcher opening = OPENING.matcher(source);
        if (!opening.find(at)) {
            data(source.substring(at), false);
            at = source.length();
            return;
        }
        data(source.substring(at, opening.start()), opening.group(2).equals("-"));
        at = opening.start();
        switch (opening.group(1)) {
            case "#" -> comment();
            case "{" -> {
                add(Token.Kind.OUTPUT_BEGIN, "{{");
                at = opening.end();
                expression("}}", Token.Kind.OUTPUT_END);
            }
            default -> block(opening);
        }
    }

    private void block(Matcher opening) {
        Matcher raw = RAW.matcher(source).region(at, source.length());
        if (raw.lookingAt()) {
            raw(raw);
            return;
        }
        add(Token.Kind.BLOCK_BEGIN, "{%");
        at = opening.end();
        expression("%}", Token.Kind.BLOCK_END);
    }

    private void raw(Matcher raw) {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(raw.end())) {
            throw TemplateException.at(line(at), "{% raw %} without {% endraw %}");
        }
        trimNext = raw.group(2).equals("-");
        data(source.substring(raw.end(), end.start()), end.group(1).equals("-"));
        at = end.end();
        trimNext = end.group(2).equals("-");
    }

    private void comment() {
        int end = source.indexOf("#}", at + 2);
        if (end < 0) {
            throw TemplateException.at(line(at), "comment {# without #}");
        }
        trimNext = source.charAt(end - 1) == '-' && end - 1 > at + 1;
        at = end + 2;
    }

    private void data(String text, boolean trimEnd) {
        String kept = trimNext ? Strings.strip(text, null, true, false) : text;
        trimNext = false;
        if (trimEnd) {
            kept = Strings.strip(kept, null, false, true);
        }
        if (!kept.isEmpty()) {
            add(Token.Kind.DATA, kept);
        }
    }

    private void expression(String end, Token.Kind kind) {
        Deque<Character> open = new ArrayDeque<>();
        Matcher part = EXPRESSION.matcher(source);
        while (at < source.length()) {
            if (open.isEmpty() && (source.startsWith(end, at) || isSigned(end))) {
                trimNext = source.charAt(at) == '-';
                at += source.startsWith(end, at) ? 2 : 3;
                add(kind, end);
                return;
            }
            part.region(at, source.length());
            if (!part.lookingAt()) {
                throw TemplateException.at(line(at), "unexpected character '" + source.charAt(at) + "'");
            }
            part(part, open);
            at = part.end();
        }
        throw TemplateException.at(line(source.length()), "'" + end + "' is missing");
    }

    private boolean isSigned(String end) {
        char sign = source.charAt(at);
        return (sign == '-' || (sign == '+' && end.equals("%}"))) && source.startsWith(end, at + 1);
    }

    private void part(Matcher part, Deque<Character> open) {
        String text = part.group();
        if (part.group("space") != null) {
            return;
        }
        if (part.group("string") != null) {
            add(Token.Kind.STRING, Escapes.decode(text.substring(1, text.length() - 1)));
        } else if (part.group("name") != null) {
            add(Token.Kind.NAME, text);
        } else if (part.group("float") != null) {
            add(Token.Kind.FLOAT, text.replace("_", ""));
        } else if (part.group("integer") != null) {
            add(Token.Kind.INTEGER, text.replace("_", ""));
        } else {
            balance(text.charAt(0), open);
            add(Token.Kind.OPERATOR, text);
        }
    }

    private void balance(char letter, Deque<Character> open) {
        int opening = "([{".indexOf(letter);
        int closing = ")]}".indexOf(letter);
        if (opening >= 0) {
            open.push(")]}".charAt(opening));
        } else if (closing >= 0 && (open.isEmpty() || open.pop() != letter)) {
            throw TemplateException.at(line(at), "unexpected '" + letter + "'");
        }
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, line(at)));
    }

    // Positions only grow, so that a line break is looked at once.
    private int line(int position) {
        for (int end = Math.min(position, source.length()); counted < end; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }
}
