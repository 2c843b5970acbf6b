package dev.evalfleet.worker.scoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.evalfleet.schemas.avro.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Keyword arguments of a filter or a metric, a JSON object.
@SuppressWarnings("StringSplitter")
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

    /// A value of the sample's document, by the names of columns with dots between them; a name that is not there in
    /// any case it is written in.
    public static JsonNode ofDocument(Sample sample, String path) {
        JsonNode value = parse(sample.getDocument() == null ? "" : sample.getDocument());
        for (String column : path.split("\\.")) {
            value = value.has(column) ? value.path(column) : inAnyCase(value, column);
        }
        if (value.isMissingNode()) {
            throw new ScoringException("no_column", "the metric needs the document's " + path + ", which is not there");
        }
        return value;
    }

    private static JsonNode inAnyCase(JsonNode document, String column) {
        return document.properties().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(column))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(MissingNode.getInstance());
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
