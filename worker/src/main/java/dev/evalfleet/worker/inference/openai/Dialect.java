package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Message;
import dev.evalfleet.worker.inference.Generation;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How requests are put to this server. Starts with what most servers take, and learns from their refusals.
final class Dialect {

    private static final Logger log = LoggerFactory.getLogger(Dialect.class);
    // lm-eval's default for a task that says nothing; a server's own is 16 for completions.
    private static final int DEFAULT_MAX_TOKENS = 256;
    private static final int FEW_STOPS = 4;

    private final OpenAiSettings settings;
    private volatile boolean usageInStream = true;
    private volatile boolean newMaxTokens;
    private volatile int mostStops = Integer.MAX_VALUE;

    Dialect(OpenAiSettings settings) {
        this.settings = settings;
    }

    byte[] generation(Generation request) {
        GenerationParams params = request.params();
        ObjectNode body = Json.object();
        Json.setAll(body, params.getExtra());
        body.put("model", settings.servedName());
        if (request.messages().isEmpty()) {
            body.put("prompt", request.prompt());
        } else {
            messages(body, request.messages());
        }
        int maxTokens = params.getMaxTokens() == null ? DEFAULT_MAX_TOKENS : params.getMaxTokens();
        boolean chat = !request.messages().isEmpty();
        body.put(chat && newMaxTokens ? "max_completion_tokens" : "max_tokens", maxTokens);
        List<String> stops = stops(params);
        if (!stops.isEmpty()) {
            ArrayNode stop = body.putArray("stop");
            stops.stream().limit(mostStops).forEach(stop::add);
        }
        sampling(body, params);
        if (settings.stream()) {
            body.put("stream", true);
            if (usageInStream) {
                body.putObject("stream_options").put("include_usage", true);
            }
        } else {
            body.remove("stream");
        }
        return Json.bytes(body);
    }

    private static void messages(ObjectNode body, List<Message> messages) {
        ArrayNode list = body.putArray("messages");
        messages.forEach(
                message -> list.addObject().put("role", message.getRole()).put("content", message.getContent()));
        if (messages.getLast().getRole().equals("assistant")) {
            // The answer goes on from a given beginning. vLLM and SGLang take these; llama.cpp does it anyway.
            body.put("continue_final_message", true);
            body.put("add_generation_prompt", false);
        }
    }

    private static void sampling(ObjectNode body, GenerationParams params) {
        if (!params.getDoSample()) {
            body.put("temperature", 0);
        } else if (params.getTemperature() != null) {
            body.put("temperature", params.getTemperature());
        }
        if (params.getDoSample() && params.getTopP() != null) {
            body.put("top_p", params.getTopP());
        }
        if (params.getSeed() != null) {
            body.put("seed", params.getSeed());
        }
    }

    /// The log-probability of each token of the prompt. One token is generated too, as some servers refuse none.
    byte[] echo(JsonNode prompt) {
        return Json.bytes(Json.object()
                .put("model", settings.servedName())
                .<ObjectNode>set("prompt", prompt)
                .put("echo", true)
                .put("logprobs", 1)
                .put("max_tokens", 1)
                .put("temperature", 0));
    }

    /// The tokens of a text, as vLLM's `/tokenize` takes it.
    byte[] tokens(String text) {
        return Json.bytes(Json.object().put("model", settings.servedName()).put("prompt", text));
    }

    /// One token, to see whether the server really answers.
    byte[] canary(boolean chat) {
        ObjectNode body = Json.object().put("model", settings.servedName());
        if (chat) {
            body.putArray("messages").addObject().put("role", "user").put("content", "Hello");
        } else {
            body.put("prompt", "Hello");
        }
        return Json.bytes(body.put(chat && newMaxTokens ? "max_completion_tokens" : "max_tokens", 1));
    }

    static List<String> stops(GenerationParams params) {
        return params.getUntil().stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /// Learns from a refusal. True when the same request is worth sending again, put differently.
    boolean learn(ApiErrors.ApiError refusal, Generation request) {
        String message = refusal.lower();
        if (usageInStream && message.contains("stream_options")) {
            usageInStream = false;
        } else if (!newMaxTokens && message.contains("max_completion_tokens")) {
            newMaxTokens = true;
        } else if (stops(request.params()).size() > FEW_STOPS && mostStops > FEW_STOPS && message.contains("stop")) {
            mostStops = FEW_STOPS;
        } else {
            return false;
        }
        log.info("the server takes requests differently: model={} said={}", settings.servedName(), refusal.message());
        return true;
    }
}
