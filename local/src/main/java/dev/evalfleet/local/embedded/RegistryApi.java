package dev.evalfleet.local.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.wire.Compatibility;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/// Confluent's REST API, as far as clients that read and write Avro use it, without the HTTP around it.
final class RegistryApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    record Answer(int status, JsonNode body) {
        static Answer ok(JsonNode body) {
            return new Answer(200, body);
        }

        static Answer error(int status, int code, String message) {
            return new Answer(
                    status, JSON.createObjectNode().put("error_code", code).put("message", message));
        }
    }

    /// An answer that is an error.
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final int code;

        Refusal(int status, int code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }
    }

    private final InMemorySchemaRegistry schemas;
    private final RegistryLog log;

    RegistryApi(InMemorySchemaRegistry schemas, RegistryLog log) {
        this.schemas = schemas;
        this.log = log;
    }

    /// One at a time: the log must have changes in the order in which they got their ids.
    synchronized Answer answer(String method, URI uri, String body) {
        List<String> path = Stream.of(uri.getRawPath().split("/"))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        try {
            return Answer.ok(
                    switch (method) {
                        case "GET" -> get(path);
                        case "POST" -> post(path, body);
                        case "PUT" -> put(path, body);
                        default -> throw new Refusal(405, 405, "HTTP 405 Method Not Allowed");
                    });
        } catch (Refusal e) {
            return Answer.error(e.status, e.code, String.valueOf(e.getMessage()));
        } catch (IncompatibleSchemaException e) {
            return Answer.error(409, 409, String.valueOf(e.getMessage()));
        }
    }

    private JsonNode get(List<String> path) {
        return switch (shape(path)) {
            case "" -> JSON.createObjectNode();
            case "subjects" -> JSON.valueToTree(schemas.subjects());
            case "subjects * versions" -> JSON.valueToTree(versions(path.get(1)));
            case "subjects * versions *" -> version(path.get(1), path.get(3));
            case "subjects * versions * schema" ->
                tree(version(path.get(1), path.get(3)).path("schema").asText());
            case "schemas types" -> JSON.createArrayNode().add("AVRO");
            case "schemas ids *" ->
                JSON.createObjectNode().put("schema", byId(path.get(2)).toString());
            case "schemas ids * schema" -> tree(byId(path.get(2)).toString());
            case "schemas ids * versions" -> usesOf(path.get(2));
            case "config" ->
                JSON.createObjectNode()
                        .put("compatibilityLevel", schemas.level().name());
            case "config *" ->
                JSON.createObjectNode()
                        .put("compatibilityLevel", schemas.level(path.get(1)).name());
            default -> throw notFound();
        };
    }

    private JsonNode post(List<String> path, String body) {
        return switch (shape(path)) {
            case "subjects *" -> lookup(path.get(1), schemaIn(body));
            case "subjects * versions" -> register(path.get(1), schemaIn(body));
            case "compatibility subjects * versions", "compatibility subjects * versions *" ->
                compatibility(path, schemaIn(body));
            default -> throw notFound();
        };
    }

    private JsonNode put(List<String> path, String body) {
        Compatibility level = levelIn(body);
        switch (shape(path)) {
            case "config" -> {
                log.levelSet(level);
                schemas.setLevel(level);
            }
            case "config *" -> {
                log.levelSet(path.get(1), level);
                schemas.setLevel(path.get(1), level);
            }
            default -> throw notFound();
        }
        return JSON.createObjectNode().put("compatibility", level.name());
    }

    private JsonNode register(String subject, Schema schema) {
        OptionalInt known = schemas.lookup(subject, schema);
        if (known.isPresent()) {
            return JSON.createObjectNode().put("id", known.getAsInt());
        }
        List<String> problems = schemas.problems(subject, schema);
        if (problems.isEmpty()) {
            log.registered(subject, schema);
        }
        return JSON.createObjectNode().put("id", schemas.register(subject, schema));
    }

    private JsonNode lookup(String subject, Schema schema) {
        List<Integer> versions = versions(subject);
        int id = schemas.lookup(subject, schema)
                .orElseThrow(() -> new Refusal(404, 40403, "Schema not found for subject '" + subject + "'"));
        int version = versions.stream()
                .filter(number -> schemas.idOf(subject, number) == id)
                .findFirst()
                .orElseThrow();
        return version(subject, String.valueOf(version));
    }

    private JsonNode compatibility(List<String> path, Schema schema) {
        String subject = path.get(2);
        List<Integer> versions = versions(subject);
        if (path.size() > 4) {
            // A named version is compared alone, all of them otherwise, as the level says.
            int version = number(path.get(4), versions);
            Schema other = schemas.byId(schemas.idOf(subject, version));
            return verdict(schemas.level(subject).problems(schema, List.of(other)));
        }
        return verdict(schemas.problems(subject, schema));
    }

    private static JsonNode verdict(List<String> problems) {
        ObjectNode verdict = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
        verdict.set("messages", JSON.valueToTree(problems));
        return verdict;
    }

    private ObjectNode version(String subject, String text) {
        int version = number(text, versions(subject));
        int id = schemas.idOf(subject, version);
        return JSON.createObjectNode()
                .put("subject", subject)
                .put("version", version)
                .put("id", id)
                .put("schema", schemas.byId(id).toString());
    }

    private List<Integer> versions(String subject) {
        try {
            return schemas.versions(subject);
        } catch (UnknownSchemaException e) {
            throw new Refusal(404, 40401, "Subject '" + subject + "' not found.");
        }
    }

    private static int number(String version, List<Integer> versions) {
        if (version.equals("latest") || version.equals("-1")) {
            return versions.getLast();
        }
        try {
            int number = Integer.parseInt(version);
            if (number < 1) {
                throw new NumberFormatException(version);
            }
            if (number > versions.size()) {
                throw new Refusal(404, 40402, "Version " + version + " not found.");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new Refusal(422, 42202, "The specified version '" + version + "' is not a valid version id.");
        }
    }

    private Schema byId(String id) {
        try {
            return schemas.byId(Integer.parseInt(id));
        } catch (UnknownSchemaException | NumberFormatException e) {
            throw new Refusal(404, 40403, "Schema " + id + " not found");
        }
    }

    private JsonNode usesOf(String id) {
        byId(id);
        ArrayNode uses = JSON.createArrayNode();
        for (String subject : schemas.subjects()) {
            for (int version : schemas.versions(subject)) {
                if (schemas.idOf(subject, version) == Integer.parseInt(id)) {
                    uses.addObject().put("subject", subject).put("version", version);
                }
            }
        }
        return uses;
    }

    private static Schema schemaIn(String body) {
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

    private static Compatibility levelIn(String body) {
        String name = tree(body).path("compatibility").asText();
        try {
            return Compatibility.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new Refusal(422, 42203, "Invalid compatibility level '" + name + "'");
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Refusal(400, 400, "body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static Refusal notFound() {
        return new Refusal(404, 404, "HTTP 404 Not Found");
    }

    // ["subjects", "x", "versions", "3"] -> "subjects * versions *"
    private static String shape(List<String> path) {
        List<Integer> names = path.isEmpty() ? List.of() : namesIn(path.getFirst());
        return IntStream.range(0, path.size())
                .mapToObj(i -> names.contains(i) ? "*" : path.get(i))
                .collect(Collectors.joining(" "));
    }

    // Which parts of a path are names rather than words of the API.
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
