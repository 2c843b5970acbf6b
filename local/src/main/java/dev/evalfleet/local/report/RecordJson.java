package dev.evalfleet.local.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Records of the topics as JSON for machines: every field under its own name, times in ISO-8601.
public final class RecordJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordJson() {}

    /// One line.
    public static String of(SpecificRecord value) {
        try {
            return JSON.writeValueAsString(object(value));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ObjectNode object(SpecificRecord value) {
        ObjectNode node = JSON.createObjectNode();
        for (Schema.Field field : value.getSchema().getFields()) {
            node.set(field.name(), any(value.get(field.pos())));
        }
        return node;
    }

    private static com.fasterxml.jackson.databind.JsonNode any(@Nullable Object value) {
        return switch (value) {
            case null -> JSON.getNodeFactory().nullNode();
            case SpecificRecord nested -> object(nested);
            case Iterable<?> list -> array(list);
            case Map<?, ?> map -> map(map);
            case Instant time -> JSON.getNodeFactory().textNode(time.toString());
            case Enum<?> word -> JSON.getNodeFactory().textNode(word.name());
            case Double number
            when !Double.isFinite(number) -> JSON.getNodeFactory().nullNode();
            case CharSequence text -> JSON.getNodeFactory().textNode(text.toString());
            default -> JSON.valueToTree(value);
        };
    }

    private static ArrayNode array(Iterable<?> list) {
        ArrayNode array = JSON.createArrayNode();
        list.forEach(item -> array.add(any(item)));
        return array;
    }

    private static ObjectNode map(Map<?, ?> map) {
        ObjectNode node = JSON.createObjectNode();
        map.forEach((key, item) -> node.set(String.valueOf(key), any(item)));
        return node;
    }
}
