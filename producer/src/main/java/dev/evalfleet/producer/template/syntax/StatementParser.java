package dev.evalfleet.producer.template.syntax;

import dev.evalfleet.producer.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Jinja's blocks: if, for, set, filter, with. Those that reach beyond the template (include, import, extends) are
/// refused.
public final class StatementParser {
    /// Stands for the text of a `filter` block inside its filter chain.
    public static final String BLOCK_TEXT = " block";

    private final Tokens tokens;
    private final ExpressionParser expressions;

    private StatementParser(List<Token> tokens) {
        this.tokens = new Tokens(tokens);
        this.expressions = new ExpressionParser(this.tokens);
    }

    public static List<Statement> parse(String source) {
        return new StatementParser(Lexer.tokens(source)).template();
    }

    private List<Statement> template() {
        List<Statement> statements = until(Set.of());
        if (tokens.current().kind() != Token.Kind.END) {
            throw tokens.unexpected("the end of the template");
        }
        return statements;
    }

    // Reads up to one of the closing blocks, and leaves its name as the current token.
    private List<Statement> until(Set<String> ends) {
        var statements = new ArrayList<Statement>();
        while (true) {
            Token token = tokens.current();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Text(tokens.next().text()));
                case OUTPUT_BEGIN -> {
                    tokens.next();
                    statements.add(new Statement.Output(expressions.tuple(false, null)));
                    tokens.expect(Token.Kind.OUTPUT_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    tokens.next();
                    if (ends.contains(tokens.current().text())) {
                        return statements;
                    }
                    statements.add(block());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw tokens.unexpected("{% "
                                + String.join(
                                        " %} or {% ", ends.stream().sorted().toList()) + " %}");
                    }
                    return statements;
                }
            }
        }
    }

    private Statement block() {
        Token name = tokens.current();
        tokens.expectName();
        return switch (name.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> set();
            case "filter" -> filter();
            case "with" -> with();
            default -> throw TemplateException.at(name.line(), "block {% " + name.text() + " %} is not supported");
        };
    }

    private Statement condition() {
        Expression test = expressions.tuple(false, null);
        endOfBlock();
        List<Statement> then = until(Set.of("elif", "else", "endif"));
        String end = tokens.expectName();
        if (end.equals("elif")) {
            return new Statement.If(test, then, List.of(condition()));
        }
        return new Statement.If(test, then, end.equals("else") ? rest("endif") : closed());
    }

    private List<Statement> rest(String end) {
        endOfBlock();
        List<Statement> body = until(Set.of(end));
        tokens.next();
        endOfBlock();
        return body;
    }

    private List<Statement> closed() {
        endOfBlock();
        return List.of();
    }

    private Statement loop() {
        Statement.Target target = target();
        if (!tokens.skipName("in")) {
            throw tokens.unexpected("'in'");
        }
        Expression items = withoutCondition();
        Expression test = tokens.skipName("if") ? expressions.expression() : null;
        // without a call of `loop` a recursive loop is a plain one, and that call is refused
        tokens.skipName("recursive");
        endOfBlock();
        List<Statement> body = until(Set.of("else", "endfor"));
        List<Statement> otherwise = tokens.expectName().equals("else") ? rest("endfor") : closed();
        return new Statement.For(target, items, test, body, otherwise);
    }

    // The items of a loop end before its 'if'.
    private Expression withoutCondition() {
        var items = new ArrayList<Expression>();
        items.add(expressions.unconditional());
        while (tokens.skipOperator(",")) {
            items.add(expressions.unconditional());
        }
        return items.size() == 1 ? items.getFirst() : new Expression.TupleOf(items);
    }

    private Statement set() {
        Statement.Target target = target();
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tuple(false, null);
            endOfBlock();
            return new Statement.Set(target, value);
        }
        return new Statement.SetBlock(target, rest("endset"));
    }

    private Statement.Target target() {
        var targets = new ArrayList<Statement.Target>();
        boolean comma = false;
        do {
            if (targets.size() > 0 && (tokens.isName("in") || tokens.isOperator("="))) {
                break;
            }
            targets.add(singleTarget());
            comma |= tokens.isOperator(",");
        } while (tokens.skipOperator(","));
        return comma ? new Statement.Target.Several(targets) : targets.getFirst();
    }

    private Statement.Target singleTarget() {
        if (tokens.skipOperator("(")) {
            Statement.Target inner = target();
            tokens.expectOperator(")");
            return inner;
        }
        String name = tokens.expectName();
        return tokens.skipOperator(".")
                ? new Statement.Target.Field(name, tokens.expectName())
                : new Statement.Target.Name(name);
    }

    private Statement filter() {
        Expression filter = expressions.operands().filter(new Expression.Name(BLOCK_TEXT));
        while (tokens.skipOperator("|")) {
            filter = expressions.operands().filter(filter);
        }
        return new Statement.FilterBlock(filter, rest("endfilter"));
    }

    private Statement with() {
        var values = new ArrayList<Statement.Set>();
        while (tokens.current().kind() != Token.Kind.BLOCK_END) {
            Statement.Target target = singleTarget();
            tokens.expectOperator("=");
            values.add(new Statement.Set(target, expressions.expression()));
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        return new Statement.With(values, rest("endwith"));
    }

    private void endOfBlock() {
        tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    }
}
