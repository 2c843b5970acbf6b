package dev.evalfleet.producer.script.syntax;

import dev.evalfleet.producer.python.Escapes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes an f-string apart: text, and expressions in braces.
final class FormattedText {
    private final String body;
    private final int line;
    private int at;

    private FormattedText(String body, int line) {
        this.body = body;
        this.line = line;
    }

    static List<Node> parts(String body, int line) {
        var text = new FormattedText(body, line);
        List<Node> parts = text.parts(false);
        if (text.at < body.length()) {
            throw text.broken();
        }
        return parts;
    }

    // Inside a format specification a closing brace ends the parts.
    private List<Node> parts(boolean inSpec) {
        var parts = new ArrayList<Node>();
        var plain = new StringBuilder();
        while (at < body.length()) {
            char letter = body.charAt(at);
            if ((letter == '{' || letter == '}')
                    && !inSpec
                    && body.startsWith(String.valueOf(letter).repeat(2), at)) {
                plain.append(letter);
                at += 2;
            } else if (letter == '{') {
                flush(plain, parts);
                at++;
                parts.add(value());
            } else if (letter == '}' && inSpec) {
                break;
            } else if (letter == '}') {
                throw broken();
            } else if (letter == '\\' && body.startsWith("N{", at + 1)) {
                throw new SyntaxException(line, "a character by its name is not understood");
            } else {
                int end = letter == '\\' ? Math.min(at + 2, body.length()) : at + 1;
                plain.append(body, at, end);
                at = end;
            }
        }
        flush(plain, parts);
        return parts;
    }

    private static void flush(StringBuilder plain, List<Node> parts) {
        if (!plain.isEmpty()) {
            parts.add(new Node.Literal(Escapes.decode(plain.toString())));
            plain.setLength(0);
        }
    }

    private Node value() {
        int start = at;
        int end = expressionEnd();
        String source = body.substring(start, end);
        boolean shown = source.strip().endsWith("=");
        if (shown) {
            throw new SyntaxException(line, "{name=} in an f-string is not understood");
        }
        var tokens = new Tokens(Lexer.tokens("(" + source + ")"));
        Node value = new ExpressionParser(tokens).expression();
        at = end;
        String conversion = null;
        if (body.startsWith("!", at)) {
            conversion = body.substring(at + 1, at + 2);
            at += 2;
        }
        Node spec = spec();
        if (!body.startsWith("}", at)) {
            throw broken();
        }
        at++;
        return new Node.FormattedValue(value, conversion, spec);
    }

    private @Nullable Node spec() {
        if (!body.startsWith(":", at)) {
            return null;
        }
        at++;
        return new Node.Formatted(parts(true));
    }

    // The first `}`, `:` or `!` outside of brackets and quotes.
    private int expressionEnd() {
        int depth = 0;
        char quote = 0;
        for (int i = at; i < body.length(); i++) {
            char letter = body.charAt(i);
            if (quote != 0) {
                quote = letter == quote ? 0 : quote;
            } else if (letter == '\'' || letter == '"') {
                quote = letter;
            } else if ("([{".indexOf(letter) >= 0) {
                depth++;
            } else if (depth > 0 && ")]}".indexOf(letter) >= 0) {
                depth--;
            } else if (depth == 0 && (letter == '}' || letter == ':' || isConversion(i))) {
                return i;
            }
        }
        throw broken();
    }

    private boolean isConversion(int i) {
        return body.charAt(i) == '!' && !body.startsWith("!=", i);
    }

    private SyntaxException broken() {
        return new SyntaxException(line, "a broken f-string");
    }
}
