package dev.evalfleet.producer.request;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.util.internal.JacksonUtils;

/// The JSON Schema of a request as [RequestJson] takes it, made from the Avro schema.
final class RequestJsonSchema {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode definitions = JSON.createObjectNode();

    private RequestJsonSchema() {}

    static String text() {
        RequestJsonSchema reading = new RequestJsonSchema();
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "A request to evalfleet, as plain JSON");
        schema.setAll(reading.record(EvalRequest.getClassSchema(), List.of("requestId"))); // the key may say it
        schema.set("$defs", reading.definitions);
        return schema.toPrettyString() + "\n";
    }

    private ObjectNode of(Schema schema) {
        return switch (schema.getType()) {
            case INT, LONG -> type("integer");
            case DOUBLE -> type("number");
            case BOOLEAN -> type("boolean");
            case ARRAY -> list(schema.getElementType());
            case MAP -> map(schema.getValueType());
            case ENUM -> names(schema);
            case RECORD -> reference(schema);
            case UNION ->
                either(
                        of(schema.getTypes().stream()
                                .filter(type -> type.getType() != Schema.Type.NULL)
                                .findFirst()
                                .orElseThrow()),
                        type("null"));
            default -> type("string");
        };
    }

    private ObjectNode record(Schema schema, List<String> optional) {
        ObjectNode record = type("object").put("description", schema.getDoc());
        ObjectNode properties = record.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        for (Schema.Field field : schema.getFields()) {
            ObjectNode property = of(field.schema()).put("description", field.doc());
            if (field.hasDefaultValue()) {
                property.set("default", JacksonUtils.toJsonNode(field.defaultVal()));
            } else if (!optional.contains(field.name())) {
                required.add(field.name());
            }
            properties.set(field.name(), property);
        }
        if (!required.isEmpty()) {
            record.set("required", required);
        }
        return record.put("additionalProperties", false);
    }

    private ObjectNode reference(Schema schema) {
        if (!definitions.has(schema.getName())) {
            definitions.putObject(schema.getName());
            definitions.set(schema.getName(), record(schema, List.of()));
        }
        ObjectNode reference = JSON.createObjectNode().put("$ref", "#/$defs/" + schema.getName());
        return schema.equals(Baseline.getClassSchema()) ? either(type("string"), reference) : reference;
    }

    private ObjectNode list(Schema of) {
        ObjectNode list = type("array");
        list.set("items", of(of));
        return of.getType() == Schema.Type.STRING ? either(list, type("string")) : list;
    }

    private ObjectNode map(Schema of) {
        ObjectNode map = type("object");
        return of.getType() == Schema.Type.STRING ? map : map.set("additionalProperties", of(of));
    }

    private static ObjectNode names(Schema schema) {
        ObjectNode names = JSON.createObjectNode();
        ArrayNode all = names.putArray("enum");
        schema.getEnumSymbols().forEach(all::add);
        schema.getEnumSymbols().stream()
                .map(symbol -> symbol.toLowerCase(Locale.ROOT).replace('_', '-'))
                .forEach(all::add);
        return names;
    }

    private static ObjectNode either(ObjectNode one, ObjectNode other) {
        ObjectNode either = JSON.createObjectNode();
        either.putArray("anyOf").add(one).add(other);
        return either;
    }

    private static ObjectNode type(String name) {
        return JSON.createObjectNode().put("type", name);
    }
}
