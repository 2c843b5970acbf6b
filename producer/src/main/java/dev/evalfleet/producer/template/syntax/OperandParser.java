package dev.evalfleet.producer.template.syntax;

import dev.evalfleet.producer.template.TemplateException;
import dev.evalfleet.producer.template.filter.Filters;
import dev.evalfleet.producer.template.filter.Tests;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What stands between operators: literals, names, brackets, and the calls, fields, filters and tests behind them.
final class OperandParser {
    private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "in", "not", "if");

    private final Tokens tokens;
    private final ExpressionParser expressions;

    OperandParser(Tokens tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression primary() {
        Token token = tokens.current();
        switch (token.kind()) {
            case NAME -> {
                tokens.next();
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(true);
                    case "false", "False" -> new Expression.Literal(false);
                    case "none", "None" -> new Expression.Literal(null);
                    default -> new Expression.Name(token.text());
                };
            }
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.current().kind() == Token.Kind.STRING) {
                    text.append(tokens.next().text());
                }
                return new Expression.Literal(text.toString());
            }
            case INTEGER -> {
                return new Expression.Literal(integer(tokens.next().text()));
            }
            case FLOAT -> {
                return new Expression.Literal(Double.parseDouble(tokens.next().text()));
            }
            default -> {
                return bracketed();
            }
        }
    }

    private static Object integer(String digits) {
        String lower = digits.toLowerCase(Locale.ROOT);
        BigInteger value = lower.startsWith("0x")
                ? new BigInteger(lower.substring(2), 16)
                : lower.startsWith("0b")
                        ? new BigInteger(lower.substring(2), 2)
                        : lower.startsWith("0o") ? new BigInteger(lower.substring(2), 8) : new BigInteger(lower);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private Expression bracketed() {
        if (tokens.skipOperator("(")) {
            Expression inner = expressions.tuple(true, null);
            tokens.expectOperator(")");
            return inner;
        }
        if (tokens.skipOperator("[")) {
            var items = new ArrayList<Expression>();
            while (!tokens.skipOperator("]")) {
                items.add(expressions.expression());
                if (!tokens.isOperator("]")) {
                    tokens.expectOperator(",");
                }
            }
            return new Expression.ListOf(items);
        }
        if (tokens.skipOperator("{")) {
            return dict();
        }
        throw tokens.unexpected("an expression");
    }

    private Expression dict() {
        var entries = new ArrayList<Map.Entry<Expression, Expression>>();
        while (!tokens.skipOperator("}")) {
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            entries.add(Map.entry(key, expressions.expression()));
            if (!tokens.isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.DictOf(entries);
    }

    Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.skipOperator(".")) {
                Token key = tokens.next();
                value = switch (key.kind()) {
                    case NAME -> new Expression.Attribute(value, key.text());
                    case INTEGER -> new Expression.Item(value, new Expression.Literal(Long.parseLong(key.text())));
                    default ->
                        throw TemplateException.at(key.line(), "expected a name after '.', found " + key.described());
                };
            } else if (tokens.skipOperator("[")) {
                value = subscript(value);
            } else if (tokens.isOperator("(")) {
                var named = new LinkedHashMap<String, Expression>();
                value = new Expression.Call(value, arguments(named), named);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression of) {
        Expression from = tokens.isOperator(":") ? null : expressions.expression();
        if (from != null && tokens.skipOperator("]")) {
            return new Expression.Item(of, from);
        }
        tokens.expectOperator(":");
        Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
        Expression step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expressions.expression() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(of, from, to, step);
    }

    private List<Expression> arguments(Map<String, Expression> named) {
        tokens.expectOperator("(");
        var arguments = new ArrayList<Expression>();
        while (!tokens.skipOperator(")")) {
            if (tokens.current().kind() == Token.Kind.NAME && tokens.following().is(Token.Kind.OPERATOR, "=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expressions.expression());
            } else {
                arguments.add(expressions.expression());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return arguments;
    }

    Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.skipOperator("|")) {
                value = filter(value);
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                var named = new LinkedHashMap<String, Expression>();
                value = new Expression.Call(value, arguments(named), named);
            } else {
                return value;
            }
        }
    }

    /// The filter whose name comes next, with its arguments.
    Expression filter(Expression of) {
        int line = tokens.current().line();
        String name = tokens.expectName();
        if (!Filters.has(name)) {
            throw TemplateException.at(line, "no filter named '" + name + "'");
        }
        var named = new LinkedHashMap<String, Expression>();
        List<Expression> arguments = tokens.isOperator("(") ? arguments(named) : List.of();
        return new Expression.Filter(of, name, arguments, named);
    }

    private Expression test(Expression of) {
        boolean negated = tokens.skipName("not");
        int line = tokens.current().line();
        String name = tokens.expectName();
        if (!Tests.has(name)) {
            throw TemplateException.at(line, "no test named '" + name + "'");
        }
        List<Expression> arguments = List.of();
        if (tokens.isOperator("(")) {
            arguments = arguments(new LinkedHashMap<>());
        } else if (isTestArgument()) {
            arguments = List.of(postfix(primary()));
        }
        Expression test = new Expression.Test(of, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    private boolean isTestArgument() {
        return switch (tokens.current().kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !NO_TEST_ARGUMENT.contains(tokens.current().text());
            default -> tokens.isOperator("[") || tokens.isOperator("{");
        };
    }
}
