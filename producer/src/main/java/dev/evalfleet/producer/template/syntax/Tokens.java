package dev.evalfleet.producer.template.syntax;

import dev.evalfleet.producer.template.TemplateException;
import java.util.List;

/// A place in the tokens of a template.
final class Tokens {
    private final List<Token> tokens;
    private int at;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token following() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    boolean isName(String name) {
        return current().is(Token.Kind.NAME, name);
    }

    boolean isOperator(String operator) {
        return current().is(Token.Kind.OPERATOR, operator);
    }

    boolean skipName(String name) {
        return isName(name) && next() != null;
    }

    boolean skipOperator(String operator) {
        return isOperator(operator) && next() != null;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    String expectName() {
        if (current().kind() != Token.Kind.NAME) {
            throw unexpected("a name");
        }
        return next().text();
    }

    void expect(Token.Kind kind, String described) {
        if (current().kind() != kind) {
            throw unexpected(described);
        }
        next();
    }

    TemplateException unexpected(String wanted) {
        return TemplateException.at(
                current().line(), "expected " + wanted + ", found " + current().described());
    }
}
