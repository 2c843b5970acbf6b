package dev.evalfleet.producer.script.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads the statements of a file. One at the top that is not understood is left out and remembered by its names.
public final class StatementParser {
    private static final Set<String> AUGMENTED = Set.of("+=", "-=", "*=", "/=", "//=", "%=", "**=", "|=", "&=");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final CompoundParser compounds;

    private StatementParser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
        this.compounds = new CompoundParser(tokens, expressions, this);
    }

    /// @throws SyntaxException where the file cannot be split into words
    public static List<Statement> parse(String source) {
        var parser = new StatementParser(new Tokens(Lexer.tokens(source)));
        var statements = new ArrayList<Statement>();
        while (!parser.tokens.is(Token.Kind.END)) {
            int start = parser.tokens.position();
            try {
                statements.addAll(parser.statement());
            } catch (SyntaxException e) {
                parser.tokens.back(start);
                statements.add(parser.skipped(e));
            }
        }
        return statements;
    }

    // To the end of the line, and of the block behind it.
    private Statement skipped(SyntaxException cause) {
        int line = tokens.line();
        var names = new HashSet<String>();
        int depth = 0;
        boolean first = true;
        while (!tokens.is(Token.Kind.END)) {
            Token token = tokens.next();
            if (depth == 0 && (token.is("def") || token.is("class"))) {
                names.add(tokens.peek().text());
            } else if (token.kind() == Token.Kind.NAME && tokens.is("=")) {
                names.add(token.text());
            }
            depth += token.kind() == Token.Kind.INDENT ? 1 : token.kind() == Token.Kind.DEDENT ? -1 : 0;
            boolean ends = token.kind() == Token.Kind.NEWLINE || token.kind() == Token.Kind.DEDENT;
            boolean decorator = first && ends && tokens.position() > 0 && isDecorator(line);
            first = first && !ends;
            if (ends && depth == 0 && !tokens.is(Token.Kind.INDENT) && !decorator && !goesOn()) {
                break;
            }
        }
        return new Statement.Broken(line, names, "line " + cause.line() + ": " + cause.getMessage());
    }

    private boolean isDecorator(int line) {
        return tokens.line() > line && (tokens.is("def") || tokens.is("class"));
    }

    private boolean goesOn() {
        return tokens.is("else") || tokens.is("elif") || tokens.is("except") || tokens.is("finally");
    }

    /// The statements of one line, or one with its block.
    List<Statement> statement() {
        Statement compound = compounds.statement();
        if (compound != null) {
            return List.of(compound);
        }
        var line = new ArrayList<Statement>();
        do {
            if (tokens.is(Token.Kind.NEWLINE)) {
                break;
            }
            line.addAll(simple());
        } while (tokens.skip(";"));
        if (!tokens.skip(Token.Kind.NEWLINE)) {
            throw tokens.unexpected("the end of the line");
        }
        return line;
    }

    private List<Statement> simple() {
        int line = tokens.line();
        if (tokens.is(Token.Kind.NAME)) {
            switch (tokens.peek().text()) {
                case "return" -> {
                    tokens.next();
                    return List.of(new Statement.Return(line, endsLine() ? null : expressions.several()));
                }
                case "pass" -> {
                    tokens.next();
                    return List.of(new Statement.Pass(line));
                }
                case "break" -> {
                    tokens.next();
                    return List.of(new Statement.Break(line));
                }
                case "continue" -> {
                    tokens.next();
                    return List.of(new Statement.Continue(line));
                }
                case "import", "from" -> {
                    return tokens.next().is("import") ? imports(line) : importsFrom(line);
                }
                case "raise", "assert", "global", "nonlocal", "del" -> {
                    return List.of(keyword(line, tokens.next().text()));
                }
                default -> {
                    // an expression or assignment starts with a name, too
                }
            }
        }
        return List.of(assignment(line));
    }

    private boolean endsLine() {
        return tokens.is(Token.Kind.NEWLINE) || tokens.is(";");
    }

    private Statement keyword(int line, String word) {
        return switch (word) {
            case "raise" -> {
                var raised = new Statement.Raise(line, endsLine() ? null : expressions.expression());
                if (tokens.skip("from")) {
                    expressions.expression();
                }
                yield raised;
            }
            case "assert" -> {
                Node test = expressions.expression();
                yield new Statement.Assert(line, test, tokens.skip(",") ? expressions.expression() : null);
            }
            case "del" ->
                new Statement.Delete(
                        line, expressions.several() instanceof Node.TupleOf(var items) ? items : last(line));
            default -> {
                var names = new ArrayList<String>();
                do {
                    names.add(tokens.name());
                } while (tokens.skip(","));
                yield new Statement.Outer(line, word.equals("global"), names);
            }
        };
    }

    private static List<Node> last(int line) {
        throw new SyntaxException(line, "'del' is not understood");
    }

    private Statement assignment(int line) {
        Node value = expressions.several();
        if (tokens.skip(":")) {
            expressions.expression();
            return tokens.skip("=")
                    ? new Statement.Assign(line, List.of(value), expressions.several())
                    : new Statement.Pass(line);
        }
        if (tokens.is(Token.Kind.OPERATOR) && AUGMENTED.contains(tokens.peek().text())) {
            String operator = tokens.next().text();
            return new Statement.Augment(
                    line, value, operator.substring(0, operator.length() - 1), expressions.several());
        }
        var targets = new ArrayList<Node>();
        while (tokens.skip("=")) {
            targets.add(value);
            value = expressions.several();
        }
        return targets.isEmpty() ? new Statement.Evaluate(line, value) : new Statement.Assign(line, targets, value);
    }

    private List<Statement> imports(int line) {
        var imports = new ArrayList<Statement>();
        do {
            String module = dotted();
            boolean named = tokens.skip("as");
            imports.add(new Statement.Import(line, module, named ? tokens.name() : module));
        } while (tokens.skip(","));
        return imports;
    }

    private List<Statement> importsFrom(int line) {
        var dots = new StringBuilder();
        for (; tokens.is(".") || tokens.is("..."); tokens.next()) {
            dots.append(tokens.peek().text());
        }
        String module = dots + (tokens.is("import") ? "" : dotted());
        tokens.expect("import");
        boolean brackets = tokens.skip("(");
        var imports = new ArrayList<Statement>();
        do {
            if (brackets && tokens.is(")")) {
                break;
            }
            String member = tokens.skip("*") ? "*" : tokens.name();
            imports.add(new Statement.ImportFrom(line, module, member, tokens.skip("as") ? tokens.name() : member));
        } while (tokens.skip(","));
        if (brackets) {
            tokens.expect(")");
        }
        return imports;
    }

    private String dotted() {
        var name = new StringBuilder(tokens.name());
        while (tokens.skip(".")) {
            name.append('.').append(tokens.name());
        }
        return name.toString();
    }
}
