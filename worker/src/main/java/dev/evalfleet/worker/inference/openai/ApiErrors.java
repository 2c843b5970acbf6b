package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.Completion;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What an error answer means. Servers agree on little but the status: the message is looked for in every shape known.
final class ApiErrors {

    private static final int LONGEST_MESSAGE = 500;
    private static final List<String> TOO_LONG = List.of(
            "context length",
            "context_length",
            "context window",
            "context size",
            "maximum input length",
            "longer than the model",
            "prompt is too long",
            "max_new_tokens` must be <=",
            "max_total_tokens",
            "max_seq_len");
    private static final List<String> CONTENT_POLICY =
            List.of("content_filter", "content_policy", "content management policy");
    private static final List<String> CANNOT = List.of("logits_all");

    private ApiErrors() {}

    /// An error as the server put it.
    record ApiError(int status, String code, String message) {

        static ApiError of(int status, byte[] body) {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            try {
                JsonNode json = Json.read(text);
                return new ApiError(status, codeIn(json), shortened(messageIn(json, text)));
            } catch (JsonProcessingException e) {
                return new ApiError(status, "", shortened(text));
            }
        }

        /// An error inside a stream; the status stands in it, or is unknown (500).
        static ApiError inStream(JsonNode json) {
            int status = json.path("error").path("code").asInt(json.path("code").asInt(500));
            return new ApiError(status < 400 ? 500 : status, codeIn(json), shortened(messageIn(json, json.toString())));
        }

        String lower() {
            return (code + " " + message).toLowerCase(Locale.ROOT);
        }

        boolean mentions(List<String> words) {
            String text = lower();
            return words.stream().anyMatch(text::contains);
        }

        private static String codeIn(JsonNode json) {
            JsonNode error = json.path("error");
            return error.path("code").asText("") + " " + error.path("type").asText("");
        }

        private static String messageIn(JsonNode json, String fallback) {
            for (String at :
                    List.of("/error/message", "/error", "/message", "/detail/0/msg", "/detail", "/error_message")) {
                JsonNode found = json.at(at);
                if (found.isTextual() && !found.asText().isBlank()) {
                    return found.asText();
                }
            }
            return fallback;
        }

        private static String shortened(String text) {
            String line = text.replaceAll("\\s+", " ").strip();
            return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
        }
    }

    static Completion completion(ApiError error, HttpHeaders headers, String server) {
        String sentence =
                error.status() + " from " + server + (error.message().isEmpty() ? "" : ": " + error.message());
        if (error.mentions(TOO_LONG)) {
            return new Completion.Refused("context_length", sentence);
        }
        if (error.mentions(CONTENT_POLICY)) {
            return new Completion.Refused("content_policy", sentence);
        }
        if (error.mentions(CANNOT)) {
            return new Completion.Unsupported(sentence + "; start the server so that it can (--logits_all true)");
        }
        return switch (error.status()) {
            case 429 ->
                error.lower().contains("insufficient_quota")
                        ? new Completion.Unavailable(sentence)
                        : new Completion.Throttled(retryAfter(headers));
            case 401, 403 -> new Completion.Unavailable(sentence + "; check api-key");
            case 404, 405 ->
                new Completion.Unavailable(sentence + "; check base-url (it usually ends in /v1) and served-name");
            case 408 -> new Completion.Broken("server_timeout", sentence);
            case 503 -> {
                Duration after = retryAfter(headers);
                yield after == null ? new Completion.Broken("server_error", sentence) : new Completion.Throttled(after);
            }
            default -> byRange(error.status(), sentence);
        };
    }

    private static Completion byRange(int status, String sentence) {
        if (status >= 500) {
            return new Completion.Broken("server_error", sentence);
        }
        return status >= 400
                ? new Completion.Unsupported(sentence)
                : new Completion.Unavailable(sentence + "; check base-url");
    }

    /// Milliseconds, seconds or a date; null when absent or not one of these.
    static @Nullable Duration retryAfter(HttpHeaders headers) {
        String millis = headers.firstValue("retry-after-ms").orElse("");
        String after = headers.firstValue("retry-after").orElse("").strip();
        try {
            if (!millis.isBlank()) {
                return notNegative(Duration.ofMillis((long) Double.parseDouble(millis)));
            }
            if (after.isEmpty()) {
                return null;
            }
            if (Character.isDigit(after.charAt(0))) {
                return notNegative(Duration.ofMillis((long) (Double.parseDouble(after) * 1000)));
            }
            ZonedDateTime date = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME);
            return notNegative(Duration.between(Instant.now(), date));
        } catch (NumberFormatException | DateTimeParseException e) {
            return null;
        }
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
