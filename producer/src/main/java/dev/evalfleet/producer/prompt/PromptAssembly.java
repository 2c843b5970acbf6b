package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.python.Strings;
import dev.evalfleet.producer.task.DocField;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts description, examples and question together, as turns that are printed one after the other, or sent as a chat.
///
/// Printed: description, then of each example the question, the target delimiter, the answer and the few-shot
/// delimiter, then the question; nothing is added behind the description or the last question. An example without an
/// answer is its question alone, without delimiters.
final class PromptAssembly {
    private final TaskDefinition task;
    private final PromptSettings settings;

    PromptAssembly(TaskDefinition task, PromptSettings settings) {
        this.task = task;
        this.settings = settings;
    }

    /// An example as it is shown.
    ///
    /// @param answer null where it has none
    /// @param prefix with which its answer begins; may be empty
    record Example(String question, @Nullable String answer, String prefix) {}

    /// @param text as it is printed
    /// @param messages empty for a plain prompt
    record Prompt(String text, List<Message> messages) {}

    // A turn, and what follows it when it is printed.
    private record Turn(String role, String content, String delimiter) {
        Turn undelimited() {
            return new Turn(role, content, "");
        }

        boolean isOf(String who) {
            return role.equals(who);
        }
    }

    Prompt of(Map<String, @Nullable Object> document, List<Example> examples, String question) {
        return prompt(turns(document, examples, question, task.targetDelimiter()));
    }

    /// The prompt for a choice that takes the place of the question: nothing stands between it and the prefix.
    Prompt ofChoice(Map<String, @Nullable Object> document, List<Example> examples, String choice) {
        return prompt(turns(document, examples, choice, ""));
    }

    private Prompt prompt(List<Turn> turns) {
        return new Prompt(printed(turns), settings.chat() ? messages(turns) : List.of());
    }

    private List<Turn> turns(
            Map<String, @Nullable Object> document, List<Example> examples, String question, String delimiter) {
        var turns = new ArrayList<Turn>();
        String head = head(document);
        if (!head.isEmpty()) {
            turns.add(new Turn("system", head, ""));
        }
        for (Example example : examples) {
            add(turns, example, exampleDelimiter());
        }
        add(turns, new Example(question, null, prefix(document)), delimiter);
        return turns;
    }

    private void add(List<Turn> turns, Example turn, String targetDelimiter) {
        boolean delimited = turn.prefix().isEmpty() ? turn.answer() != null : touch(turn.question(), turn.prefix());
        turns.add(new Turn("user", turn.question(), delimited ? targetDelimiter : ""));
        if (turn.answer() != null) {
            turns.add(new Turn("assistant", joined(turn.prefix(), turn.answer(), " "), fewshotDelimiter()));
        } else if (!turn.prefix().isEmpty()) {
            turns.add(new Turn("assistant", turn.prefix(), ""));
        }
    }

    private String head(Map<String, @Nullable Object> document) {
        String system = settings.systemInstruction() == null ? "" : settings.systemInstruction();
        return joined(system, task.description().textOf(document), task.fewshotDelimiter());
    }

    private List<Message> messages(List<Turn> turns) {
        return (settings.multiturn() ? turns : collapsed(turns))
                .stream()
                        .map(turn -> Message.newBuilder()
                                .setRole(turn.role())
                                .setContent(turn.content())
                                .build())
                        .toList();
    }

    // Everything between the system's turn and an answer that was begun, as one turn of the user.
    private static List<Turn> collapsed(List<Turn> turns) {
        var collapsed = new ArrayList<Turn>();
        boolean begun = turns.getLast().isOf("assistant");
        int from = turns.getFirst().isOf("system") ? 1 : 0;
        int to = begun ? turns.size() - 1 : turns.size();
        var body = new ArrayList<>(turns.subList(from, to));
        body.set(body.size() - 1, body.getLast().undelimited());
        collapsed.addAll(turns.subList(0, from));
        collapsed.add(new Turn("user", printed(body), ""));
        collapsed.addAll(turns.subList(to, turns.size()));
        return collapsed;
    }

    private static String printed(List<Turn> turns) {
        return turns.stream().map(turn -> turn.content() + turn.delimiter()).collect(Collectors.joining());
    }

    private String exampleDelimiter() {
        String own = task.fewShot().targetDelimiter();
        return own == null ? task.targetDelimiter() : own;
    }

    private String fewshotDelimiter() {
        String own = task.fewShot().fewshotDelimiter();
        return own == null ? task.fewshotDelimiter() : own;
    }

    private String prefix(Map<String, @Nullable Object> document) {
        return task.genPrefix() == null ? "" : task.genPrefix().textOf(document);
    }

    /// What stands before a choice: nothing in a chat, unless the assistant's turn has been begun.
    String choiceDelimiter() {
        DocField prefix = task.genPrefix();
        boolean begun = prefix != null && !prefix.source().isEmpty() && !endsInSpace(prefix.source());
        return settings.chat() && !begun ? "" : task.targetDelimiter();
    }

    /// Two texts with a delimiter between them only where neither has white space at the joint.
    static String joined(String left, String right, String delimiter) {
        return touch(left, right) ? left + delimiter + right : left + right;
    }

    private static boolean touch(String left, String right) {
        return !left.isEmpty() && !right.isEmpty() && !endsInSpace(left) && !Strings.isSpace(right.codePointAt(0));
    }

    private static boolean endsInSpace(String text) {
        return Strings.isSpace(text.codePointBefore(text.length()));
    }
}
