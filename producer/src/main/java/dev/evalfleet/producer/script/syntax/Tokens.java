package dev.evalfleet.producer.script.syntax;

import java.util.List;

/// The words of a source, read one after the other.
final class Tokens {
    private final List<Token> tokens;
    private int at;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token ahead(int count) {
        return tokens.get(Math.min(at + count, tokens.size() - 1));
    }

    Token next() {
        return tokens.get(at++);
    }

    int position() {
        return at;
    }

    void back(int position) {
        at = position;
    }

    boolean is(String text) {
        return peek().is(text);
    }

    boolean is(Token.Kind kind) {
        return peek().kind() == kind;
    }

    boolean skip(String text) {
        boolean found = is(text);
        at += found ? 1 : 0;
        return found;
    }

    boolean skip(Token.Kind kind) {
        boolean found = is(kind);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String text) {
        if (!skip(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    String name() {
        if (!is(Token.Kind.NAME)) {
            throw unexpected("a name");
        }
        return next().text();
    }

    int line() {
        return peek().line();
    }

    SyntaxException unexpected(String wanted) {
        String found =
                peek().text().isEmpty() ? peek().kind().name().toLowerCase(java.util.Locale.ROOT) : peek().text();
        return new SyntaxException(line(), "there is '" + found + "' where " + wanted + " is expected");
    }
}
