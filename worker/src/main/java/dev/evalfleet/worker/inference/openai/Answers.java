package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import dev.evalfleet.worker.inference.openai.http.HttpCalls;
import dev.evalfleet.worker.inference.openai.http.ServerSentEvents;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one generated answer, whole or as a stream.
final class Answers {

    private static final Duration DRAIN = Duration.ofSeconds(1);

    private final String server;
    private final Duration firstToken;
    private final Duration idle;
    private final long start;

    private @Nullable Duration timeToFirstToken;
    private long promptTokens;
    private long outputTokens;
    private long pieces;

    /// @param start when the call began, [System#nanoTime()]
    Answers(String server, Duration firstToken, Duration idle, long start) {
        this.server = server;
        this.firstToken = firstToken;
        this.idle = idle;
        this.start = start;
    }

    Completion whole(byte[] body, List<String> stops) throws CallEnded {
        JsonNode json = parse(new String(body, StandardCharsets.UTF_8));
        JsonNode choice = json.path("choices").path(0);
        if (!choice.isObject()) {
            throw malformed("an answer without choices");
        }
        GeneratedText text = new GeneratedText(stops);
        text.append(contentOf(choice, "message"));
        finish(text, choice);
        usage(json);
        return answered(text);
    }

    Completion stream(HttpCalls.Reply reply, List<String> stops) throws CallEnded, InterruptedException {
        ServerSentEvents events = new ServerSentEvents(reply.bytes());
        GeneratedText text = new GeneratedText(stops);
        boolean done = false;
        String data = events.next(firstToken);
        while (data != null && !done && !text.stopped()) {
            done = data.strip().equals("[DONE]");
            if (!done) {
                take(data, text, reply.response().headers());
                data = events.next(timeToFirstToken == null ? firstToken : idle);
            }
        }
        if (done) {
            drain(events);
        } else if (!text.hasFinished()) {
            throw new CallEnded(new Completion.Broken(
                    "truncated_stream", server + " ended the stream before the answer was complete"));
        }
        return answered(text);
    }

    private void take(String data, GeneratedText text, HttpHeaders headers) throws CallEnded {
        JsonNode json = parse(data);
        if (json.hasNonNull("error") || json.path("object").asText().equals("error")) {
            throw new CallEnded(ApiErrors.completion(ApiErrors.ApiError.inStream(json), headers, server));
        }
        JsonNode choice = json.path("choices").path(0);
        String piece = contentOf(choice, "delta");
        boolean thinking =
                !choice.path("delta").path("reasoning_content").asText("").isEmpty()
                        || !choice.path("delta").path("reasoning").asText("").isEmpty();
        if (!piece.isEmpty() || thinking) {
            pieces++;
            if (timeToFirstToken == null) {
                timeToFirstToken = Duration.ofNanos(System.nanoTime() - start);
            }
        }
        text.append(piece);
        finish(text, choice);
        usage(json);
    }

    // A chat says `message` or `delta`, a completion says `text`.
    private static String contentOf(JsonNode choice, String chatField) {
        JsonNode text = choice.path("text");
        JsonNode content = text.isTextual() ? text : choice.path(chatField).path("content");
        return content.isTextual() ? content.asText() : "";
    }

    private static void finish(GeneratedText text, JsonNode choice) {
        JsonNode reason = choice.path("finish_reason");
        if (reason.isTextual() && !reason.asText().isEmpty()) {
            text.finished(reason.asText());
        }
    }

    private void usage(JsonNode json) {
        JsonNode usage = json.path("usage");
        if (usage.isObject()) {
            promptTokens = usage.path("prompt_tokens").asLong(promptTokens);
            outputTokens = usage.path("completion_tokens").asLong(outputTokens);
        }
    }

    // Reading to the end lets the connection be used again.
    private static void drain(ServerSentEvents events) throws InterruptedException {
        try {
            while (events.next(DRAIN) != null) {
                // nothing may follow [DONE]
            }
        } catch (CallEnded e) {
            // the answer is complete already
        }
    }

    // A server that does not count sends a piece per token, or nearly.
    private Completion answered(GeneratedText text) {
        return new Completion.Answered(
                List.of(text.output()),
                promptTokens,
                outputTokens == 0 ? pieces : outputTokens,
                Duration.ofNanos(System.nanoTime() - start),
                timeToFirstToken,
                server);
    }

    private JsonNode parse(String text) throws CallEnded {
        try {
            JsonNode json = Json.read(text);
            if (json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw malformed(
                "something that is not a JSON object: " + (text.length() <= 80 ? text : text.substring(0, 80) + "..."));
    }

    private CallEnded malformed(String what) {
        return new CallEnded(new Completion.Broken("malformed_answer", server + " answered " + what));
    }
}
