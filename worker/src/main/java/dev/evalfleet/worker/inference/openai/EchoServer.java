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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What log-likelihoods need of the servers: the echo of a prompt and, of those that tell them (vLLM, SGLang), the
/// tokens of a text.
final class EchoServer {
    private static final Duration NO_BOUND = Duration.ofDays(1);
    private static final Set<Integer> NO_SUCH_CALL = Set.of(404, 405, 501);

    private final HttpCalls http;
    private final Dialect dialect;
    private final Duration idleTimeout;
    private final Set<URI> withoutTokens = ConcurrentHashMap.newKeySet();
    private final Set<URI> forChats = ConcurrentHashMap.newKeySet();

    EchoServer(HttpCalls http, Dialect dialect, Duration idleTimeout) {
        this.http = http;
        this.dialect = dialect;
        this.idleTimeout = idleTimeout;
    }

    LogLikelihoods.Server at(URI base, Cancellation cancellation) {
        return new LogLikelihoods.Server() {
            @Override
            public JsonNode echo(JsonNode prompt) throws CallEnded, InterruptedException {
                URI url = URI.create(base + "/completions");
                try (HttpCalls.Reply reply = http.post(url, dialect.echo(prompt), cancellation)) {
                    if (NO_SUCH_CALL.contains(reply.status()) && chats(base, cancellation)) {
                        throw new CallEnded(chatOnly(base, reply.status()));
                    }
                    return answer(base, reply);
                }
            }

            @Override
            public @Nullable List<Long> tokens(String text) throws CallEnded, InterruptedException {
                return withoutTokens.contains(base) ? null : askTokens(base, text, cancellation);
            }
        };
    }

    private boolean chats(URI base, Cancellation cancellation) throws CallEnded, InterruptedException {
        if (forChats.contains(base)) {
            return true;
        }
        URI url = URI.create(base + "/chat/completions");
        try (HttpCalls.Reply reply = http.post(url, dialect.canary(true), cancellation)) {
            boolean answers = reply.status() == 200;
            if (answers) {
                forChats.add(base);
            }
            return answers;
        }
    }

    private static Completion chatOnly(URI base, int status) {
        return new Completion.Unsupported(base + " answers chats but has no /completions (" + status
                + "): an endpoint for chats only gives no log-probabilities of a prompt, which multiple-choice,"
                + " log-likelihood and perplexity tasks need; vLLM and SGLang do");
    }

    private @Nullable List<Long> askTokens(URI base, String text, Cancellation cancellation)
            throws CallEnded, InterruptedException {
        URI url = URI.create(base.toString().replaceFirst("/v1/?$", "") + "/tokenize");
        try (HttpCalls.Reply reply = http.post(url, dialect.tokens(text), cancellation)) {
            JsonNode tokens = NO_SUCH_CALL.contains(reply.status())
                    ? null
                    : answer(base, reply).get("tokens");
            if (tokens == null || !tokens.isArray()) {
                withoutTokens.add(base);
                return null;
            }
            List<Long> ids = new ArrayList<>(tokens.size());
            tokens.forEach(token -> ids.add(token.asLong()));
            return ids;
        }
    }

    private JsonNode answer(URI base, HttpCalls.Reply reply) throws CallEnded, InterruptedException {
        if (reply.status() != 200) {
            ApiErrors.ApiError error =
                    ApiErrors.ApiError.of(reply.status(), reply.bytes().all(idleTimeout));
            throw new CallEnded(ApiErrors.completion(error, reply.response().headers(), base.toString()));
        }
        try {
            return Json.read(new String(reply.bytes().all(NO_BOUND), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new CallEnded(new Completion.Broken(
                    "malformed_answer", base + " answered something that is not JSON: " + e.getOriginalMessage()));
        }
    }
}
