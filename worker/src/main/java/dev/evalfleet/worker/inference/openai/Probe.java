package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import dev.evalfleet.worker.inference.openai.http.HttpCalls;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a server serves the model: its list of models names it, and it generates a token the way it was asked last.
final class Probe {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_NAMED = 10;

    private final OpenAiSettings settings;
    private final HttpCalls http;
    private final Dialect dialect;

    Probe(OpenAiSettings settings, HttpCalls http, Dialect dialect) {
        this.settings = settings;
        this.http = http;
        this.dialect = dialect;
    }

    /// What is wrong and what to do; null when the model can be asked.
    ///
    /// @param chat how it was asked last; null when it never was
    @Nullable
    String problem(URI base, @Nullable Boolean chat) {
        try {
            String unlisted = unlisted(base);
            return unlisted != null || chat == null ? unlisted : unanswered(base, chat);
        } catch (CallEnded e) {
            return sentence(e.completion(), base);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted while asking " + base;
        }
    }

    private @Nullable String unlisted(URI base) throws CallEnded, InterruptedException {
        try (HttpCalls.Reply reply = http.get(URI.create(base + "/models"), PATIENCE, new Cancellation())) {
            byte[] body = reply.bytes().all(PATIENCE);
            if (reply.status() == 404 || reply.status() == 405) {
                return noList(base, reply.status());
            }
            if (reply.status() != 200) {
                ApiErrors.ApiError error = ApiErrors.ApiError.of(reply.status(), body);
                return sentence(ApiErrors.completion(error, reply.response().headers(), base.toString()), base);
            }
            return missing(base, Json.read(new String(body, StandardCharsets.UTF_8)));
        } catch (JsonProcessingException e) {
            return base + "/models does not answer with JSON; is this the base URL (it usually ends in /v1)?";
        }
    }

    // Not every server lists its models: then one that can be asked is good enough.
    private @Nullable String noList(URI base, int status) throws CallEnded, InterruptedException {
        if (unanswered(base, true) == null || unanswered(base, false) == null) {
            return null;
        }
        return status + " from " + base + "/models; is this the base URL (it usually ends in /v1)?";
    }

    private @Nullable String missing(URI base, JsonNode list) {
        List<String> names = new ArrayList<>();
        list.path("data").forEach(model -> names.add(model.path("id").asText()));
        if (names.isEmpty() || names.contains(settings.servedName())) {
            return null;
        }
        String offered = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMED)));
        return base + " does not serve a model '" + settings.servedName() + "'; it offers: " + offered
                + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "")
                + ". Set served-name (or the model's name) to one of these";
    }

    private @Nullable String unanswered(URI base, boolean chat) throws CallEnded, InterruptedException {
        URI url = URI.create(base + (chat ? "/chat/completions" : "/completions"));
        Cancellation cancellation = new Cancellation();
        Thread timer = Thread.ofVirtual().start(() -> giveUpAfterPatience(cancellation));
        try (HttpCalls.Reply reply = http.post(url, dialect.canary(chat), cancellation)) {
            byte[] body = reply.bytes().all(PATIENCE);
            if (reply.status() == 200 || reply.status() == 429) {
                return null;
            }
            ApiErrors.ApiError error = ApiErrors.ApiError.of(reply.status(), body);
            return sentence(ApiErrors.completion(error, reply.response().headers(), base.toString()), base);
        } finally {
            timer.interrupt();
        }
    }

    private static void giveUpAfterPatience(Cancellation cancellation) {
        try {
            Thread.sleep(PATIENCE);
            cancellation.request();
        } catch (InterruptedException e) {
            // the answer came in time
        }
    }

    private static String sentence(Completion completion, URI base) {
        return switch (completion) {
            case Completion.Unavailable(var reason) -> reason;
            case Completion.Broken(var _, var reason) -> reason;
            case Completion.Unsupported(var reason) -> reason;
            case Completion.Refused(var _, var reason) -> reason;
            case Completion.Throttled _ -> base + " is throttling";
            case Completion.Answered _ -> base + " answered";
            case Completion.TimedOut _ -> late(base);
            case Completion.Cancelled _ -> late(base);
        };
    }

    private static String late(URI base) {
        return base + " did not answer a probe within " + PATIENCE.toSeconds() + " s";
    }
}
