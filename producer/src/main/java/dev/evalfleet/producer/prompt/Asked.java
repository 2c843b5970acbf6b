package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.PythonLiteral;
import dev.evalfleet.producer.task.DocField;
import dev.evalfleet.producer.template.TemplateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a task's fields make of one document.
///
/// @param question the text; null where the choices take its place (lm-eval's multiple inputs: doc_to_text is a number)
/// @param input the number doc_to_text gave in that case: the right choice
/// @param target text, a number (an index into the choices), or a list of either
/// @param choices empty where the task has none
record Asked(@Nullable String question, @Nullable Long input, @Nullable Object target, List<String> choices) {

    static Asked of(
            Map<String, @Nullable Object> document, DocField question, DocField target, @Nullable DocField choices) {
        List<String> options = choices == null ? List.of() : choices(choices, document);
        Object asked = numbered(question.of(document), choices != null);
        Object wanted = target(target, document, choices != null);
        if (asked instanceof Long number && choices != null) {
            return new Asked(null, number, wanted, options);
        }
        if (asked instanceof Boolean flag && choices != null) { // a number, for Python
            return new Asked(null, flag ? 1L : 0L, wanted, options);
        }
        return new Asked(Python.str(asked), null, wanted, options);
    }

    // Digits mean an index where there are choices.
    private static @Nullable Object numbered(DocField.Value value, boolean hasChoices) {
        return value.rendered() && hasChoices && value.value() instanceof String text && isDigits(text)
                ? Long.valueOf(text)
                : value.value();
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(letter -> letter >= '0' && letter <= '9');
    }

    private static @Nullable Object target(DocField field, Map<String, @Nullable Object> document, boolean hasChoices) {
        DocField.Value value = field.of(document);
        Object target = numbered(value, hasChoices);
        if (value.rendered() && target instanceof String text && text.startsWith("[") && text.endsWith("]")) {
            try {
                return PythonLiteral.parse(text);
            } catch (PythonException e) {
                return text;
            }
        }
        return target;
    }

    private static List<String> choices(DocField field, Map<String, @Nullable Object> document) {
        DocField.Value value = field.of(document);
        Object choices = value.value();
        if (value.rendered()) {
            try {
                choices = PythonLiteral.parse(Python.str(choices));
            } catch (PythonException e) {
                throw new TemplateException("doc_to_choice must give a list, but gives " + Python.repr(choices));
            }
        }
        return switch (choices) {
            case List<?> list -> texts(list);
            case Map<?, ?> map -> texts(new ArrayList<>(map.values()));
            case null, default ->
                throw new TemplateException("doc_to_choice must give a list, but gives " + Python.repr(choices));
        };
    }

    private static List<String> texts(List<?> values) {
        var texts = new ArrayList<String>(values.size());
        values.forEach(value -> texts.add(Python.str(value)));
        return texts;
    }

    /// The question as an example shows it.
    String exampleQuestion() {
        return question != null ? question : input == null ? "" : choice(input);
    }

    /// The answer: of several the first. Null where there is none, or an empty one.
    @Nullable
    String answer() {
        Object answer = target instanceof List<?> list ? (list.isEmpty() ? null : list.getFirst()) : target;
        String text = answer == null ? "" : shown(answer);
        return text.isEmpty() ? null : text;
    }

    private String shown(@Nullable Object answer) {
        return switch (answer) {
            case Long index when !choices.isEmpty() -> choice(index);
            case Boolean flag when !choices.isEmpty() -> choice(flag ? 1 : 0);
            case null, default -> Python.str(answer);
        };
    }

    // From the end where it is negative, as in Python.
    private String choice(long index) {
        long at = index < 0 ? index + choices.size() : index;
        if (at < 0 || at >= choices.size()) {
            throw new TemplateException(
                    "the answer is choice " + index + ", but there are " + choices.size() + " choices");
        }
        return choices.get((int) at);
    }

    /// Whether a document has several right answers: a list of them. Not where they cannot be made out.
    static boolean hasSeveral(Map<String, @Nullable Object> document, DocField target, boolean hasChoices) {
        try {
            return target(target, document, hasChoices) instanceof List<?> list && !list.isEmpty();
        } catch (TemplateException e) {
            return false;
        }
    }

    /// The indices of the right choices; what is no choice is left out.
    ///
    /// @param several whether the task's documents have several right answers: where not, a list is none of them
    List<Integer> gold(boolean several) {
        Object gold = input != null ? input : target;
        if (!(gold instanceof List<?> list)) {
            return gold(Collections.singletonList(gold));
        }
        return several ? gold(list) : List.of();
    }

    private List<Integer> gold(List<?> answers) {
        var indices = new ArrayList<Integer>();
        for (Object one : answers) {
            long index =
                    switch (one) {
                        case Long number -> number;
                        case Boolean flag -> flag ? 1 : 0;
                        case String text -> choices.indexOf(text);
                        case null, default -> -1;
                    };
            if (index >= 0 && index < choices.size()) {
                indices.add((int) index);
            }
        }
        return indices;
    }

    /// The reference answers of a generated text.
    ///
    /// @param several whether the task's documents have several right answers: where not, a list is one, printed
    List<String> references(boolean several) {
        List<?> answers = several && target instanceof List<?> list ? list : Collections.singletonList(target);
        return answers.stream().map(this::shown).toList();
    }
}
