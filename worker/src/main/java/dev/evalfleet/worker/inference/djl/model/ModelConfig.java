package dev.evalfleet.worker.inference.djl.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.BackendException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What the files beside the graph say about a model, whatever its family calls it.
///
/// @param maxContext tokens the model can see
/// @param cacheHeads heads of the key-value cache, 0 when unknown
/// @param headSize numbers per head, 0 when unknown
/// @param startToken stands for an empty context; -1 when there is none
/// @param endTokens tokens that end a text
/// @param chatTemplate whether the model has one
public record ModelConfig(
        int maxContext, int cacheHeads, int headSize, long startToken, Set<Long> endTokens, boolean chatTemplate) {

    // As lm-eval looks for it; the last ones are MPT's and others'.
    private static final String[] LENGTHS = {
        "n_positions", "max_position_embeddings", "n_ctx", "max_seq_len", "max_sequence_length", "seq_length"
    };
    private static final int DEFAULT_LENGTH = 2048;
    // Tokenizers without a limit say 1e30.
    private static final double UNLIMITED = 1e9;

    public ModelConfig {
        endTokens = Set.copyOf(endTokens);
    }

    static ModelConfig read(ModelFolder folder, ModelTokenizer tokenizer) throws BackendException {
        JsonNode whole = folder.json("config.json");
        JsonNode config = whole.path("text_config").isObject() ? whole.path("text_config") : whole;
        JsonNode generation = folder.json("generation_config.json");
        JsonNode tokens = folder.json("tokenizer_config.json");
        int heads = number(config, 0, "num_attention_heads", "n_head", "num_heads", "n_heads");
        int width = number(config, 0, "hidden_size", "n_embd", "d_model", "model_dim");
        int headSize = number(config, heads == 0 ? 0 : width / heads, "head_dim", "attention_head_dim");
        int cacheHeads = number(config, heads, "num_key_value_heads", "num_kv_heads", "multi_query_group_num");
        int length = number(config, ofTokenizer(tokens), LENGTHS);
        if (length < 2) {
            throw new BackendException(folder.path() + "/config.json: the model can see only " + length + " tokens");
        }
        Set<Long> ends = new TreeSet<>();
        for (JsonNode node : List.of(generation, config, whole)) {
            if (ends.isEmpty()) {
                node.path("eos_token_id").forEach(id -> ends.add(id.longValue()));
                if (node.path("eos_token_id").isIntegralNumber()) {
                    ends.add(node.path("eos_token_id").longValue());
                }
            }
        }
        long end = special(tokens, "eos_token", tokenizer);
        if (end >= 0) {
            ends.add(end);
        }
        boolean template = tokens.hasNonNull("chat_template")
                || !folder.json("chat_template.json").isMissingNode()
                || java.nio.file.Files.exists(folder.path().resolve("chat_template.jinja"));
        return new ModelConfig(
                length, cacheHeads, headSize, start(tokens, config, generation, ends, tokenizer), ends, template);
    }

    ModelConfig withMaxContext(int tokens, ModelFolder folder) throws BackendException {
        if (tokens > maxContext) {
            throw new BackendException("max-context " + tokens + " is more than the " + maxContext
                    + " tokens that the model in " + folder.path() + " can see");
        }
        return new ModelConfig(tokens, cacheHeads, headSize, startToken, endTokens, chatTemplate);
    }

    private static int ofTokenizer(JsonNode tokens) {
        double length = tokens.path("model_max_length").asDouble(UNLIMITED);
        return length < UNLIMITED ? (int) length : DEFAULT_LENGTH;
    }

    // The tokenizer decides where it says anything, as for lm-eval: begin of text, else end of text.
    private static long start(
            JsonNode tokens, JsonNode config, JsonNode generation, Set<Long> ends, ModelTokenizer tokenizer) {
        for (String name : List.of("bos_token", "eos_token")) {
            long id = special(tokens, name, tokenizer);
            if (id >= 0) {
                return id;
            }
        }
        for (JsonNode node : List.of(config, generation)) {
            if (node.path("bos_token_id").isIntegralNumber()) {
                return node.path("bos_token_id").longValue();
            }
        }
        return ends.stream().findFirst().orElse(-1L);
    }

    private static long special(JsonNode tokens, String name, ModelTokenizer tokenizer) {
        JsonNode token = tokens.path(name);
        String text = token.isObject() ? token.path("content").asText("") : token.asText("");
        return text.isEmpty() || token.isNull() ? -1 : tokenizer.only(text);
    }

    private static int number(JsonNode config, int fallback, String... names) {
        return Arrays.stream(names)
                .map(config::path)
                .filter(JsonNode::isIntegralNumber)
                .mapToInt(JsonNode::intValue)
                .findFirst()
                .orElse(fallback);
    }
}
