package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/// Keyword arguments of a filter or a metric, a JSON object.
public final class Arguments {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Arguments() {}

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json.isBlank() ? "{}" : json);
        } catch (JsonProcessingException e) {
            throw new ScoringException("bad_arguments", "not a JSON object: " + json);
        }
    }

    /// A list of texts; empty where it is missing or null. One text counts as a list of it.
    public static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(element -> texts.add(element.asText()));
        } else if (!node.isMissingNode() && !node.isNull()) {
            texts.add(node.asText());
        }
        return texts;
    }
}
