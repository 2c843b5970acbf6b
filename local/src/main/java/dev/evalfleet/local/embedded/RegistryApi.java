package dev.evalfleet.local.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.wire.Compatibility;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;

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

    private final InMemorySchemaRegistry schemas;
    private final RegistryLog log;

    RegistryApi(InMemorySchemaRegistry schemas, RegistryLog log) {
        this.schemas = schemas;
        this.log = log;
    }

    /// One at a time: the log must have changes in the order in which they got their ids.
    synchronized Answer answer(RegistryRequest request) {
        try {
            return Answer.ok(
                    switch (request.method()) {
                        case "GET" -> get(request);
                        case "POST" -> post(request);
                        case "PUT" -> put(request);
                        default -> throw new Refusal(405, 405, "HTTP 405 Method Not Allowed");
                    });
        } catch (Refusal e) {
            return Answer.error(e.status(), e.code(), String.valueOf(e.getMessage()));
        } catch (IncompatibleSchemaException e) {
            return Answer.error(409, 409, String.valueOf(e.getMessage()));
        }
    }

    private JsonNode get(RegistryRequest request) {
        return switch (request.shape()) {
            case "" -> JSON.createObjectNode();
            case "subjects" -> JSON.valueToTree(schemas.subjects());
            case "subjects * versions" -> JSON.valueToTree(versions(request.name(1)));
            case "subjects * versions *" -> version(request.name(1), request.name(3));
            case "subjects * versions * schema" ->
                RegistryRequest.tree(
                        version(request.name(1), request.name(3)).path("schema").asText());
            case "schemas types" -> JSON.createArrayNode().add("AVRO");
            case "schemas ids *" ->
                JSON.createObjectNode().put("schema", byId(request.name(2)).toString());
            case "schemas ids * schema" ->
                RegistryRequest.tree(byId(request.name(2)).toString());
            case "schemas ids * versions" -> usesOf(request.name(2));
            case "config" -> level(schemas.level());
            case "config *" -> level(schemas.level(request.name(1)));
            default -> throw Refusal.noSuchPage();
        };
    }

    private JsonNode post(RegistryRequest request) {
        return switch (request.shape()) {
            case "subjects *" -> lookup(request.name(1), request.schema());
            case "subjects * versions" -> register(request.name(1), request.schema());
            case "compatibility subjects * versions" ->
                verdict(schemas.problems(known(request.name(2)), request.schema()));
            case "compatibility subjects * versions *" ->
                verdict(problems(request.name(2), request.name(4), request.schema()));
            default -> throw Refusal.noSuchPage();
        };
    }

    private JsonNode put(RegistryRequest request) {
        switch (request.shape()) {
            case "config" -> {
                log.levelSet(request.level());
                schemas.setLevel(request.level());
            }
            case "config *" -> {
                log.levelSet(request.name(1), request.level());
                schemas.setLevel(request.name(1), request.level());
            }
            default -> throw Refusal.noSuchPage();
        }
        return JSON.createObjectNode().put("compatibility", request.level().name());
    }

    private JsonNode register(String subject, Schema schema) {
        OptionalInt known = schemas.lookup(subject, schema);
        if (known.isEmpty() && schemas.compatible(subject, schema)) {
            log.registered(subject, schema);
        }
        return JSON.createObjectNode().put("id", schemas.register(subject, schema));
    }

    private JsonNode lookup(String subject, Schema schema) {
        List<Integer> versions = versions(subject);
        int id = schemas.lookup(subject, schema)
                .orElseThrow(() -> new Refusal(404, 40403, "Schema not found for subject '" + subject + "'"));
        return versions.stream()
                .filter(number -> schemas.idOf(subject, number) == id)
                .findFirst()
                .map(number -> version(subject, String.valueOf(number)))
                .orElseThrow();
    }

    // A named version is compared alone, whatever else the rule of the subject asks for.
    private List<String> problems(String subject, String version, Schema schema) {
        int number = number(version, versions(subject));
        Schema other = schemas.byId(schemas.idOf(subject, number));
        return schemas.level(subject).problems(schema, List.of(other));
    }

    private static JsonNode verdict(List<String> problems) {
        ObjectNode verdict = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
        verdict.set("messages", JSON.valueToTree(problems));
        return verdict;
    }

    private static JsonNode level(Compatibility level) {
        return JSON.createObjectNode().put("compatibilityLevel", level.name());
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

    private String known(String subject) {
        versions(subject);
        return subject;
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
        if (!version.matches("[1-9]\\d{0,8}")) {
            throw new Refusal(422, 42202, "The specified version '" + version + "' is not a valid version id.");
        }
        int number = Integer.parseInt(version);
        if (number > versions.size()) {
            throw new Refusal(404, 40402, "Version " + version + " not found.");
        }
        return number;
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
        int wanted = Integer.parseInt(id);
        ArrayNode uses = JSON.createArrayNode();
        for (String subject : schemas.subjects()) {
            for (int version : schemas.versions(subject)) {
                if (schemas.idOf(subject, version) == wanted) {
                    uses.addObject().put("subject", subject).put("version", version);
                }
            }
        }
        return uses;
    }
}
