package dev.evalfleet.producer.script.syntax;

import dev.evalfleet.producer.python.Operators;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads names, literals and brackets, and the dots, calls and indices behind them.
final class OperandParser {
    private static final Set<String> WORDS = Set.of(
            "await",
            "yield",
            "async",
            "class",
            "def",
            "return",
            "if",
            "else",
            "for",
            "while",
            "in",
            "is",
            "and",
            "or",
            "not",
            "import",
            "from",
            "with",
            "try",
            "except",
            "raise",
            "del",
            "global",
            "nonlocal",
            "assert",
            "pass",
            "break",
            "continue");

    private final Tokens tokens;
    private final ExpressionParser expressions;

    OperandParser(Tokens tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Node operand() {
        Node value = atom();
        while (true) {
            if (tokens.skip(".")) {
                value = new Node.Attribute(value, tokens.name());
            } else if (tokens.skip("(")) {
                value = new Node.Call(value, arguments());
            } else if (tokens.skip("[")) {
                value = index(value);
            } else {
                return value;
            }
        }
    }

    private Node atom() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case TEXT, FORMATTED -> texts();
            case NUMBER -> new Node.Literal(number(tokens.next()));
            case NAME -> name();
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesised();
                    case "[" -> list();
                    case "{" -> braces();
                    case "..." -> {
                        tokens.next();
                        yield new Node.Literal(null);
                    }
                    default -> throw tokens.unexpected("a value");
                };
            default -> throw tokens.unexpected("a value");
        };
    }

    private Node name() {
        if (WORDS.contains(tokens.peek().text())) {
            throw new SyntaxException(tokens.line(), "'" + tokens.peek().text() + "' is not understood here");
        }
        String name = tokens.name();
        return switch (name) {
            case "None" -> new Node.Literal(null);
            case "True" -> new Node.Literal(true);
            case "False" -> new Node.Literal(false);
            default -> new Node.Name(name);
        };
    }

    private Node texts() {
        var parts = new ArrayList<Node>();
        while (tokens.is(Token.Kind.TEXT) || tokens.is(Token.Kind.FORMATTED)) {
            Token token = tokens.next();
            if (token.kind() == Token.Kind.TEXT) {
                parts.add(new Node.Literal(token.text()));
            } else {
                parts.addAll(FormattedText.parts(token.text(), token.line()));
            }
        }
        if (parts.stream().allMatch(part -> part instanceof Node.Literal)) {
            var text = new StringBuilder();
            parts.forEach(part -> text.append(((Node.Literal) part).value()));
            return new Node.Literal(text.toString());
        }
        return new Node.Formatted(parts);
    }

    private static Object number(Token token) {
        String text = token.text().replace("_", "").toLowerCase(Locale.ROOT);
        try {
            if (text.startsWith("0x")) {
                return Operators.number(new BigInteger(text.substring(2), 16));
            }
            if (text.startsWith("0o") || text.startsWith("0b")) {
                return Operators.number(new BigInteger(text.substring(2), text.startsWith("0o") ? 8 : 2));
            }
            return text.matches("\\d+") ? Operators.number(new BigInteger(text)) : (Object) Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new SyntaxException(token.line(), token.text() + " is not a number");
        }
    }

    private Node parenthesised() {
        tokens.next();
        if (tokens.skip(")")) {
            return new Node.TupleOf(List.of());
        }
        Node first = expressions.starred();
        if (tokens.is("for")) {
            return comprehension(Node.Kind.GENERATOR, first, null, ")");
        }
        if (tokens.skip(")")) {
            return first;
        }
        var items = new ArrayList<Node>(List.of(first));
        rest(items, ")");
        return new Node.TupleOf(items);
    }

    private Node list() {
        tokens.next();
        if (tokens.skip("]")) {
            return new Node.ListOf(List.of());
        }
        Node first = expressions.starred();
        if (tokens.is("for")) {
            return comprehension(Node.Kind.LIST, first, null, "]");
        }
        var items = new ArrayList<Node>(List.of(first));
        rest(items, "]");
        return new Node.ListOf(items);
    }

    private void rest(List<Node> items, String end) {
        while (!tokens.skip(end)) {
            tokens.expect(",");
            if (!tokens.is(end)) {
                items.add(expressions.starred());
            }
        }
    }

    private Node braces() {
        tokens.next();
        if (tokens.skip("}")) {
            return new Node.DictOf(List.of());
        }
        if (!tokens.is("**")) {
            Node first = expressions.starred();
            if (!tokens.is(":")) {
                return set(first);
            }
            tokens.next();
            Node value = expressions.expression();
            if (tokens.is("for")) {
                return comprehension(Node.Kind.DICT, first, value, "}");
            }
            return dict(new Node.Entry(first, value));
        }
        return dict(entry());
    }

    private Node set(Node first) {
        if (tokens.is("for")) {
            return comprehension(Node.Kind.SET, first, null, "}");
        }
        var items = new ArrayList<Node>(List.of(first));
        rest(items, "}");
        return new Node.SetOf(items);
    }

    private Node dict(Node.Entry first) {
        var entries = new ArrayList<Node.Entry>(List.of(first));
        while (!tokens.skip("}")) {
            tokens.expect(",");
            if (!tokens.is("}")) {
                entries.add(entry());
            }
        }
        return new Node.DictOf(entries);
    }

    private Node.Entry entry() {
        if (tokens.skip("**")) {
            return new Node.Entry(null, expressions.or());
        }
        Node key = expressions.expression();
        tokens.expect(":");
        return new Node.Entry(key, expressions.expression());
    }

    private Node comprehension(Node.Kind kind, Node element, @Nullable Node value, String end) {
        var clauses = new ArrayList<Node.Clause>();
        while (tokens.skip("for")) {
            Node target = targets();
            tokens.expect("in");
            Node items = expressions.or();
            var conditions = new ArrayList<Node>();
            while (tokens.skip("if")) {
                conditions.add(expressions.or());
            }
            clauses.add(new Node.Clause(target, items, conditions));
        }
        tokens.expect(end);
        return new Node.Comprehension(kind, element, value, clauses);
    }

    /// What a loop assigns to: it ends before `in`.
    Node targets() {
        var items = new ArrayList<Node>();
        boolean comma;
        do {
            items.add(tokens.skip("*") ? new Node.Starred(operand()) : operand());
            comma = tokens.skip(",");
        } while (comma && !tokens.is("in"));
        return items.size() == 1 && !comma ? items.getFirst() : new Node.TupleOf(items);
    }

    private List<Node.Argument> arguments() {
        var arguments = new ArrayList<Node.Argument>();
        while (!tokens.skip(")")) {
            if (tokens.skip("**")) {
                arguments.add(new Node.Argument(null, expressions.expression(), 2));
            } else if (tokens.skip("*")) {
                arguments.add(new Node.Argument(null, expressions.expression(), 1));
            } else if (tokens.is(Token.Kind.NAME) && tokens.ahead(1).is("=")) {
                String name = tokens.name();
                tokens.next();
                arguments.add(new Node.Argument(name, expressions.expression(), 0));
            } else {
                Node value = expressions.expression();
                if (tokens.is("for")) {
                    arguments.add(new Node.Argument(null, comprehension(Node.Kind.GENERATOR, value, null, ")"), 0));
                    return arguments;
                }
                arguments.add(new Node.Argument(null, value, 0));
            }
            if (!tokens.skip(",") && !tokens.is(")")) {
                throw tokens.unexpected("')'");
            }
        }
        return arguments;
    }

    private Node index(Node of) {
        Node from = tokens.is(":") ? null : expressions.several();
        if (tokens.skip("]")) {
            return new Node.Item(of, java.util.Objects.requireNonNull(from));
        }
        tokens.expect(":");
        Node to = tokens.is(":") || tokens.is("]") ? null : expressions.expression();
        Node step = tokens.skip(":") && !tokens.is("]") ? expressions.expression() : null;
        tokens.expect("]");
        return new Node.Slice(of, from, to, step);
    }
}
