package dev.evalfleet.schemas.wire.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import dev.evalfleet.schemas.wire.http.RegistryClient.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/// A registry that speaks Confluent's REST API. What was once answered is not asked again: ids never change.
public final class HttpSchemaRegistry implements SchemaRegistry {
    private static final int NO_SUBJECT = 40401;
    private static final int NO_VERSION = 40402;
    private static final int NO_SCHEMA = 40403;

    private record Registration(String subject, String schema) {}

    private final RegistryAccess access;
    private final RegistryClient client;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> ids = new ConcurrentHashMap<>();

    public HttpSchemaRegistry(RegistryAccess access) {
        this.access = access;
        this.client = new RegistryClient(access);
    }

    @Override
    public int register(String subject, Schema schema) {
        Registration registration = new Registration(subject, schema.toString());
        Integer known = ids.get(registration);
        if (known != null) {
            return known;
        }
        int id = access.autoRegister() ? post(registration) : requireRegistered(subject, schema);
        ids.put(registration, id);
        return id;
    }

    @Override
    public Schema byId(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Answer answer = client.get("/schemas/ids/" + id);
        if (!answer.isOk()) {
            throw new UnknownSchemaException("schema id " + id + ": " + answer.message());
        }
        Schema schema = parse(id, answer.body());
        schemas.put(id, schema);
        return schema;
    }

    @Override
    public OptionalInt lookup(String subject, Schema schema) {
        Answer answer = client.post("/subjects/" + encode(subject), body(schema.toString()));
        if (answer.code() == NO_SUBJECT || answer.code() == NO_SCHEMA) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(checked(answer, subject).path("id").asInt());
    }

    @Override
    public boolean compatible(String subject, Schema schema) {
        String path = "/compatibility/subjects/" + encode(subject) + "/versions/latest";
        Answer answer = client.post(path, body(schema.toString()));
        if (answer.code() == NO_SUBJECT || answer.code() == NO_VERSION) {
            return true;
        }
        return checked(answer, subject).path("is_compatible").asBoolean();
    }

    @Override
    public List<String> subjects() {
        List<String> subjects = new ArrayList<>();
        checked(client.get("/subjects"), "/subjects").forEach(subject -> subjects.add(subject.asText()));
        return List.copyOf(subjects);
    }

    @Override
    public List<Integer> versions(String subject) {
        Answer answer = client.get("/subjects/" + encode(subject) + "/versions");
        if (answer.code() == NO_SUBJECT) {
            throw new UnknownSchemaException(answer.message());
        }
        List<Integer> versions = new ArrayList<>();
        checked(answer, subject).forEach(version -> versions.add(version.asInt()));
        return List.copyOf(versions);
    }

    @Override
    public void close() {
        client.close();
    }

    private int post(Registration registration) {
        String subject = registration.subject();
        Answer answer = client.post("/subjects/" + encode(subject) + "/versions", body(registration.schema()));
        return checked(answer, subject).path("id").asInt();
    }

    private int requireRegistered(String subject, Schema schema) {
        return lookup(subject, schema)
                .orElseThrow(() -> new UnknownSchemaException(
                        "the registry has no such schema for subject %s, and registry.auto-register is false: register %s there first"
                                .formatted(subject, schema.getFullName())));
    }

    private static JsonNode checked(Answer answer, String subject) {
        if (answer.isOk()) {
            return answer.body();
        }
        throw new IncompatibleSchemaException("the schema registry refuses the request for %s (%d): %s"
                .formatted(subject, answer.code(), answer.message()));
    }

    private static Schema parse(int id, JsonNode body) {
        String type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new UnknownSchemaException("schema id " + id + " is " + type + ", not Avro");
        }
        if (!body.path("references").isEmpty()) {
            throw new UnknownSchemaException("schema id " + id + " refers to other schemas; such schemas are not read");
        }
        try {
            return new Schema.Parser(NameValidator.NO_VALIDATION)
                    .setValidateDefaults(false)
                    .parse(body.path("schema").asText());
        } catch (SchemaParseException e) {
            throw new UnknownSchemaException("schema id " + id + " is not valid Avro: " + e.getMessage());
        }
    }

    private static ObjectNode body(String schema) {
        return JsonNodeFactory.instance.objectNode().put("schema", schema);
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
