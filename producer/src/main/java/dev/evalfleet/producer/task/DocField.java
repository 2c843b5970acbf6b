package dev.evalfleet.producer.task;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.script.ScriptFunction;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.template.Template;
import dev.evalfleet.producer.template.TemplateException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One of lm-eval's doc_to_* keys: the name of a column, a template, or a constant.
public final class DocField {
    private final String key;
    private final String where;
    private final @Nullable String column;
    private final @Nullable Template template;
    private final @Nullable Object constant;
    private final @Nullable ScriptFunction function;

    private DocField(
            String key,
            String where,
            @Nullable String column,
            @Nullable Template template,
            @Nullable Object constant,
            @Nullable ScriptFunction function) {
        this.key = key;
        this.where = where;
        this.column = column;
        this.template = template;
        this.constant = constant;
        this.function = function;
    }

    /// Text is the name of a column where the documents have it, else a template.
    static DocField text(String key, String where, String text) {
        return new DocField(key, where, text, Template.parse(text), null, null);
    }

    static DocField constant(String key, String where, @Nullable Object value) {
        return new DocField(key, where, null, null, value, null);
    }

    /// What a Python function makes of the document.
    static DocField function(String key, String where, ScriptFunction function) {
        return new DocField(key, where, null, null, null, function);
    }

    public String key() {
        return key;
    }

    /// As it is written; empty for a constant.
    public String source() {
        return column == null ? "" : column;
    }

    /// What it is for a document, as text.
    public String textOf(Map<String, @Nullable Object> document) {
        Object value = of(document).value();
        return value == null ? "" : Python.str(value);
    }

    public String where() {
        return where;
    }

    boolean isConstant() {
        return template == null && function == null;
    }

    /// The column's own value where the text names a column; else the rendered text, or the constant.
    ///
    /// @param rendered whether the value is a rendered template
    public record Value(@Nullable Object value, boolean rendered) {}

    /// @throws TemplateException where the template or the function fails on the document
    public Value of(Map<String, @Nullable Object> document) {
        if (function != null) {
            try {
                return new Value(function.call(document), false);
            } catch (ScriptException e) {
                throw new TemplateException(String.valueOf(e.getMessage()));
            }
        }
        if (template == null) {
            return new Value(constant, false);
        }
        return column != null && document.containsKey(column)
                ? new Value(document.get(column), false)
                : new Value(template.render(document), true);
    }

    /// The columns it cannot do without.
    public Set<String> neededColumns(List<String> columns) {
        if (template == null) {
            return Set.of();
        }
        return column != null && columns.contains(column) ? Set.of(column) : template.printedNames();
    }
}
