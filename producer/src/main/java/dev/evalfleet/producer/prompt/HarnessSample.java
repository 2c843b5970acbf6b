package dev.evalfleet.producer.prompt;

import dev.evalfleet.producer.python.Python;
import dev.evalfleet.producer.python.PythonJson;
import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Continuation;
import dev.evalfleet.schemas.avro.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A document and what is asked about it, as lm-eval logs them in a line of its samples file.
///
/// @param documentId row of the document
/// @param target as the task's doc_to_target gives it, before it is printed
/// @param prompt what the prompt hash is taken of: the context of the first question
/// @param arguments of each question: context and continuation, or context and generation arguments
public record HarnessSample(
        long documentId,
        Map<String, @Nullable Object> document,
        @Nullable Object target,
        String prompt,
        List<List<Object>> arguments) {

    /// What a sample asks, wherever it is now: on its way, or in a result.
    public record Questions(String prompt, List<Message> messages, List<Continuation> continuations) {}

    public static HarnessSample of(
            TaskDefinition task, Questions questions, long documentId, Map<String, @Nullable Object> document) {
        Asked asked = Asked.of(document, task.question(), task.target(), task.choices());
        List<Message> messages = questions.messages();
        Object context = messages.isEmpty() ? questions.prompt() : List.of(chat(messages));
        var arguments = new ArrayList<List<Object>>();
        switch (task.requestType()) {
            case LOGLIKELIHOOD_ROLLING -> arguments.add(List.of(questions.prompt()));
            case GENERATE_UNTIL -> arguments.add(List.of(context, task.generation()));
            case LOGLIKELIHOOD, MULTIPLE_CHOICE ->
                questions
                        .continuations()
                        .forEach(one -> arguments.add(
                                List.of(one.getContext() == null ? context : one.getContext(), one.getText())));
        }
        Object first = arguments.isEmpty() ? "" : arguments.getFirst().getFirst();
        String hashed = first instanceof List<?> list ? Python.str(list.getFirst()) : Python.str(first);
        return new HarnessSample(documentId, document, asked.target(), hashed, arguments);
    }

    // lm-eval logs a chat that a server will template as a tuple of its JSON.
    private static String chat(List<Message> messages) {
        return PythonJson.line(messages.stream()
                .map(message -> {
                    var turn = new LinkedHashMap<String, String>();
                    turn.put("role", message.getRole());
                    turn.put("content", message.getContent());
                    return turn;
                })
                .toList());
    }

    public String printedTarget() {
        return Python.str(target);
    }

    public String documentHash() {
        return hash(PythonJson.indented(document));
    }

    public String promptHash() {
        return hash(prompt);
    }

    public String targetHash() {
        return hash(printedTarget());
    }

    /// The line of the samples file; `scored` stands between the questions and the hashes, `metrics` behind them.
    public Map<String, @Nullable Object> line(
            Map<String, ? extends @Nullable Object> scored, Map<String, ? extends @Nullable Object> metrics) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("doc_id", documentId);
        line.put("doc", document);
        line.put("target", printedTarget());
        var named = new LinkedHashMap<String, Object>();
        for (List<Object> question : arguments) {
            var parts = new LinkedHashMap<String, Object>();
            question.forEach(part -> parts.put("arg_" + parts.size(), part));
            named.put("gen_args_" + named.size(), parts);
        }
        line.put("arguments", named);
        line.putAll(scored);
        line.put("doc_hash", documentHash());
        line.put("prompt_hash", promptHash());
        line.put("target_hash", targetHash());
        line.putAll(metrics);
        return line;
    }

    /// SHA-256 in hexadecimal.
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
