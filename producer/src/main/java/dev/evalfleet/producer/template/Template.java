package dev.evalfleet.producer.template;

import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.template.syntax.Statement;
import dev.evalfleet.producer.template.syntax.StatementParser;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A parsed template; safe to share between threads.
public final class Template {
    private final String source;
    private final List<Statement> statements;

    private Template(String source, List<Statement> statements) {
        this.source = source;
        this.statements = statements;
    }

    /// Throws [TemplateException] with the line inside the template.
    public static Template parse(String source) {
        return guarded(source, () -> new Template(source, StatementParser.parse(source)));
    }

    public String source() {
        return source;
    }

    public String render(Map<String, ?> values) {
        return guarded(source, () -> Renderer.render(statements, new Scope(values)));
    }

    /// Where the template is nothing but one `{{ expression }}`: its value, unprinted; else the rendered text.
    public @Nullable Object evaluate(Map<String, ?> values) {
        if (statements.size() != 1 || !(statements.getFirst() instanceof Statement.Output(var expression))) {
            return render(values);
        }
        return guarded(source, () -> Evaluator.value(expression, new Scope(values)));
    }

    private static <T extends @Nullable Object> T guarded(String source, Supplier<T> action) {
        try {
            return action.get();
        } catch (PythonException e) {
            throw new TemplateException(e.getMessage() + " in template " + shortened(source));
        } catch (StackOverflowError e) {
            throw new TemplateException("nested too deeply in template " + shortened(source));
        }
    }

    /// The names the template cannot do without: those it prints whatever the document says.
    public Set<String> printedNames() {
        return Printed.names(statements);
    }

    private static String shortened(String source) {
        String text = source.strip().replace("\n", "\\n");
        return "\"" + (text.length() <= 120 ? text : text.substring(0, 117) + "...") + "\"";
    }
}
