package dev.evalfleet.producer.script.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the statements that have a block.
final class CompoundParser {
    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final StatementParser statements;

    CompoundParser(Tokens tokens, ExpressionParser expressions, StatementParser statements) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.statements = statements;
    }

    /// Null where the next statement has no block.
    @Nullable
    Statement statement() {
        int line = tokens.line();
        if (tokens.is("@") || tokens.is("class") || tokens.is("async")) {
            String word = tokens.is("@") ? "a decorator" : "'" + tokens.peek().text() + "'";
            throw new SyntaxException(line, word + " is not understood");
        }
        if (!tokens.is(Token.Kind.NAME)) {
            return null;
        }
        String word = tokens.peek().text();
        return switch (word) {
            case "if" -> conditional();
            case "for" -> loop(line);
            case "while" -> {
                tokens.next();
                Node test = expressions.expression();
                List<Statement> body = block();
                yield new Statement.While(line, test, body, otherwise());
            }
            case "def" -> define(line);
            case "try" -> attempt(line);
            case "with" -> with(line);
            default -> null;
        };
    }

    // `if` or `elif`
    private Statement conditional() {
        int line = tokens.next().line();
        Node test = expressions.expression();
        List<Statement> then = block();
        List<Statement> otherwise = tokens.is("elif") ? List.of(conditional()) : otherwise();
        return new Statement.If(line, test, then, otherwise);
    }

    private List<Statement> otherwise() {
        return tokens.skip("else") ? block() : List.of();
    }

    private Statement loop(int line) {
        tokens.next();
        Node target = new OperandParser(tokens, expressions).targets();
        tokens.expect("in");
        Node items = expressions.several();
        List<Statement> body = block();
        return new Statement.For(line, target, items, body, otherwise());
    }

    private Statement define(int line) {
        tokens.next();
        String name = tokens.name();
        tokens.expect("(");
        Node.Parameters parameters = expressions.parameters(")");
        tokens.expect(")");
        if (tokens.skip("->")) {
            expressions.expression();
        }
        return new Statement.Define(line, name, parameters, block());
    }

    private Statement attempt(int line) {
        tokens.next();
        List<Statement> body = block();
        var handlers = new ArrayList<Statement.Handler>();
        while (tokens.skip("except")) {
            Node type = tokens.is(":") ? null : expressions.expression();
            String name = tokens.skip("as") ? tokens.name() : null;
            handlers.add(new Statement.Handler(type, name, block()));
        }
        List<Statement> otherwise = otherwise();
        return new Statement.Try(line, body, handlers, otherwise, tokens.skip("finally") ? block() : List.of());
    }

    private Statement with(int line) {
        tokens.next();
        Node value = expressions.expression();
        Node target = tokens.skip("as") ? new OperandParser(tokens, expressions).operand() : null;
        return new Statement.With(line, value, target, block());
    }

    private List<Statement> block() {
        tokens.expect(":");
        if (!tokens.skip(Token.Kind.NEWLINE)) {
            return statements.statement();
        }
        if (!tokens.skip(Token.Kind.INDENT)) {
            throw tokens.unexpected("a block");
        }
        var body = new ArrayList<Statement>();
        while (!tokens.skip(Token.Kind.DEDENT)) {
            body.addAll(statements.statement());
        }
        return body;
    }
}
