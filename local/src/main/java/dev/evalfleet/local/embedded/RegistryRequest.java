package dev.evalfleet.local.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.schemas.wire.Compatibility;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/// What a client asks of the registry.
record RegistryRequest(String method, List<String> path, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static RegistryRequest of(String method, URI uri, String body) {
        List<String> path = Stream.of(uri.getRawPath().split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        return new RegistryRequest(method, path, body);
    }

    /// The path with `*` for names and numbers: `subjects * versions *`.
    String shape() {
        List<Integer> names = path.isEmpty() ? List.of() : namesIn(path.getFirst());
        return IntStream.range(0, path.size())
                .mapToObj(i -> names.contains(i) ? "*" : path.get(i))
                .collect(Collectors.joining(" "));
    }

    String name(int index) {
        return path.get(index);
    }

    Schema schema() {
        JsonNode request = tree(body);
        String type = request.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO") || !request.path("references").isEmpty()) {
            throw new Refusal(422, 42201, "This registry holds Avro schemas without references only");
        }
        try {
            return new Schema.Parser().parse(request.path("schema").asText());
        } catch (SchemaParseException e) {
            throw new Refusal(422, 42201, "Invalid schema: " + e.getMessage());
        }
    }

    Compatibility level() {
        String name = tree(body).path("compatibility").asText();
        try {
            return Compatibility.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new Refusal(422, 42203, "Invalid compatibility level '" + name + "'");
        }
    }

    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Refusal(400, 400, "body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static List<Integer> namesIn(String root) {
        return switch (root) {
            case "subjects" -> List.of(1, 3);
            case "compatibility" -> List.of(2, 4);
            case "schemas" -> List.of(2);
            case "config" -> List.of(1);
            default -> List.of();
        };
    }
}
