package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts description, examples and question together.
///
/// Plain: description, then of each example the question, the target delimiter, the answer and the few-shot delimiter,
/// then the question; nothing is added behind the description or the last question. As a chat: the same parts as turns.
final class PromptAssembly {
    private final TaskDefinition task;
    private final PromptSettings settings;

    PromptAssembly(TaskDefinition task, PromptSettings settings) {
        this.task = task;
        this.settings = settings;
    }

    /// An example as it is shown.
    record Example(String question, String answer) {}

    /// @param messages empty for a plain prompt
    record Prompt(String text, List<Message> messages) {}

    Prompt of(Map<String, @Nullable Object> document, List<Example> examples, @Nullable String question) {
        String prefix = task.genPrefix() == null ? "" : task.genPrefix().render(document);
        String head = head(document);
        String shown = question == null ? "" : question;
        var body = new StringBuilder();
        for (Example example : examples) {
            body.append(example.question()).append(targetDelimiter());
            body.append(joined(prefix, example.answer(), " ")).append(fewshotDelimiter());
        }
        String text = joined(head + body + shown, prefix, " ");
        return new Prompt(text, settings.chat() ? messages(head, examples, body + shown, shown, prefix) : List.of());
    }

    private String head(Map<String, @Nullable Object> document) {
        String system = settings.systemInstruction() == null ? "" : settings.systemInstruction();
        return joined(system, task.description().render(document), fewshotDelimiter());
    }

    private List<Message> messages(
            String head, List<Example> examples, String collapsed, String question, String prefix) {
        var messages = new ArrayList<Message>();
        if (!head.isEmpty()) {
            messages.add(message("system", head));
        }
        if (settings.multiturn()) {
            for (Example example : examples) {
                messages.add(message("user", example.question()));
                messages.add(message("assistant", joined(prefix, example.answer(), " ")));
            }
        }
        messages.add(message("user", settings.multiturn() ? question : collapsed));
        if (!prefix.isEmpty()) {
            messages.add(message("assistant", prefix));
        }
        return messages;
    }

    private static Message message(String role, String content) {
        return Message.newBuilder().setRole(role).setContent(content).build();
    }

    private String targetDelimiter() {
        String own = task.fewShot().targetDelimiter();
        return own == null ? task.targetDelimiter() : own;
    }

    private String fewshotDelimiter() {
        String own = task.fewShot().fewshotDelimiter();
        return own == null ? task.fewshotDelimiter() : own;
    }

    /// What stands before a choice: nothing in a chat, unless the assistant's turn has been begun.
    String choiceDelimiter(Map<String, @Nullable Object> document) {
        String prefix = task.genPrefix() == null ? "" : task.genPrefix().render(document);
        boolean begun = !prefix.isEmpty() && !endsInSpace(prefix);
        return settings.chat() && !begun ? "" : task.targetDelimiter();
    }

    /// Two texts with a delimiter between them only where neither has white space at the joint.
    static String joined(String left, String right, String delimiter) {
        if (left.isEmpty() || right.isEmpty()) {
            return left + right;
        }
        return endsInSpace(left) || Strings.isSpace(right.codePointAt(0)) ? left + right : left + delimiter + right;
    }

    private static boolean endsInSpace(String text) {
        return Strings.isSpace(text.codePointBefore(text.length()));
    }
}
