package dev.evalfleet.producer.script.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads expressions, weakest operator first.
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in", "not", "is");
    private static final List<Set<String>> BINARY =
            List.of(Set.of("|"), Set.of("^"), Set.of("&"), Set.of("+", "-"), Set.of("*", "/", "//", "%"));
    private static final int DEEPEST = 200;

    private final Tokens tokens;
    private final OperandParser operands;
    private int depth;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /// One expression, or several with commas between them as a tuple.
    Node several() {
        Node first = starred();
        if (!tokens.is(",")) {
            return first;
        }
        var items = new ArrayList<Node>(List.of(first));
        while (tokens.skip(",")) {
            if (endsList()) {
                break;
            }
            items.add(starred());
        }
        return new Node.TupleOf(items);
    }

    private boolean endsList() {
        return tokens.is(Token.Kind.NEWLINE)
                || tokens.is(Token.Kind.END)
                || tokens.is("=")
                || tokens.is(")")
                || tokens.is("]")
                || tokens.is("}")
                || tokens.is(":")
                || tokens.is("in");
    }

    Node starred() {
        return tokens.skip("*") ? new Node.Starred(binary(0)) : expression();
    }

    Node expression() {
        if (++depth > DEEPEST) {
            throw new SyntaxException(tokens.line(), "an expression nested too deeply");
        }
        try {
            if (tokens.is("lambda")) {
                return lambda();
            }
            if (tokens.is(Token.Kind.NAME) && tokens.ahead(1).is(":=")) {
                String name = tokens.name();
                tokens.next();
                return new Node.Assigned(name, expression());
            }
            Node value = or();
            if (!tokens.skip("if")) {
                return value;
            }
            Node test = or();
            tokens.expect("else");
            return new Node.Conditional(test, value, expression());
        } finally {
            depth--;
        }
    }

    private Node lambda() {
        tokens.next();
        Node.Parameters parameters = parameters(":");
        tokens.expect(":");
        return new Node.Lambda(parameters, expression());
    }

    /// Up to, and without, the closing sign.
    Node.Parameters parameters(String end) {
        var all = new ArrayList<Node.Parameter>();
        String rest = null;
        String others = null;
        boolean byNameOnly = false;
        while (!tokens.is(end)) {
            if (tokens.skip("**")) {
                others = annotated(end);
            } else if (tokens.skip("*")) {
                rest = tokens.is(",") ? rest : annotated(end);
                byNameOnly = true;
            } else if (!tokens.skip("/")) {
                String name = annotated(end);
                all.add(new Node.Parameter(name, tokens.skip("=") ? expression() : null, byNameOnly));
            }
            if (!tokens.skip(",") && !tokens.is(end)) {
                throw tokens.unexpected("'" + end + "'");
            }
        }
        return new Node.Parameters(all, rest, others);
    }

    private String annotated(String end) {
        String name = tokens.name();
        if (!end.equals(":") && tokens.skip(":")) {
            expression();
        }
        return name;
    }

    Node or() {
        Node left = and();
        while (tokens.skip("or")) {
            left = new Node.Or(left, and());
        }
        return left;
    }

    private Node and() {
        Node left = not();
        while (tokens.skip("and")) {
            left = new Node.And(left, not());
        }
        return left;
    }

    private Node not() {
        return tokens.skip("not") ? new Node.Unary("not", not()) : comparison();
    }

    private Node comparison() {
        Node first = binary(0);
        var links = new ArrayList<Node.Link>();
        for (String operator = comparisonSign(); operator != null; operator = comparisonSign()) {
            links.add(new Node.Link(operator, binary(0)));
        }
        return links.isEmpty() ? first : new Node.Compare(first, links);
    }

    private @Nullable String comparisonSign() {
        Token token = tokens.peek();
        boolean isSign = token.kind() == Token.Kind.OPERATOR || token.kind() == Token.Kind.NAME;
        if (!isSign || !COMPARISONS.contains(token.text())) {
            return null;
        }
        if (token.is("not") && !tokens.ahead(1).is("in")) {
            return null;
        }
        tokens.next();
        if (token.is("not")) {
            tokens.next();
            return "not in";
        }
        return token.is("is") && tokens.skip("not") ? "is not" : token.text();
    }

    Node binary(int level) {
        if (level == BINARY.size()) {
            return unary();
        }
        Node left = binary(level + 1);
        while (tokens.is(Token.Kind.OPERATOR)
                && BINARY.get(level).contains(tokens.peek().text())) {
            String operator = tokens.next().text();
            left = new Node.Binary(operator, left, binary(level + 1));
        }
        return left;
    }

    private Node unary() {
        if (tokens.is("-") || tokens.is("+") || tokens.is("~")) {
            String operator = tokens.next().text();
            return new Node.Unary(operator, unary());
        }
        Node base = operands.operand();
        return tokens.skip("**") ? new Node.Binary("**", base, unary()) : base;
    }
}
