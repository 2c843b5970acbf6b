package dev.evalfleet.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Kubernetes' own OpenAPI and the resource definitions of KEDA, Strimzi and the prometheus-operator, made strict: what
/// a schema does not name is refused, as a server with strict field validation does.
final class StrictSchemas implements ManifestCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);

    private final Map<String, JsonSchema> byKind = new HashMap<>();
    private final ObjectNode kubernetes;
    private final Map<String, String> definitionOfKind = new HashMap<>();

    StrictSchemas(Path folder) {
        try {
            kubernetes = (ObjectNode) JSON.readTree(
                    folder.resolve("kubernetes-openapi/kubernetes-1.35.0.json").toFile());
            prepareKubernetes();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".yaml")).toList()) {
                    prepareDefinition(YAML.readTree(file.toFile()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> problems(List<JsonNode> manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode manifest : manifests) {
            if (knows(manifest)) {
                byKind.computeIfAbsent(kind(manifest), this::schemaOf)
                        .validate(manifest)
                        .forEach(problem -> problems.add(Chart.label(manifest) + " " + problem.getMessage()));
            }
        }
        return problems;
    }

    @Override
    public List<String> unknown(List<JsonNode> manifests) {
        return manifests.stream()
                .filter(manifest -> !knows(manifest))
                .map(StrictSchemas::kind)
                .distinct()
                .toList();
    }

    private boolean knows(JsonNode manifest) {
        return byKind.containsKey(kind(manifest)) || definitionOfKind.containsKey(kind(manifest));
    }

    private static String kind(JsonNode manifest) {
        return manifest.path("apiVersion").asText() + "/"
                + manifest.path("kind").asText();
    }

    private JsonSchema schemaOf(String kind) {
        String definition = definitionOfKind.get(kind);
        if (definition == null) {
            throw new AssertionError("no schema for " + kind);
        }
        ObjectNode root = JSON.createObjectNode();
        root.put("$ref", "#/definitions/" + definition);
        root.set("definitions", kubernetes.get("definitions"));
        return FACTORY.getSchema(root);
    }

    private void prepareKubernetes() {
        ObjectNode definitions = (ObjectNode) kubernetes.get("definitions");
        for (Map.Entry<String, JsonNode> definition : definitions.properties()) {
            for (JsonNode kind : definition.getValue().path("x-kubernetes-group-version-kind")) {
                String group = kind.path("group").asText();
                definitionOfKind.put(
                        (group.isEmpty() ? "" : group + "/")
                                + kind.path("version").asText() + "/"
                                + kind.path("kind").asText(),
                        definition.getKey());
            }
            strict(definition.getValue());
        }
        alsoNumber(definitions, "io.k8s.apimachinery.pkg.util.intstr.IntOrString");
        alsoNumber(definitions, "io.k8s.apimachinery.pkg.api.resource.Quantity");
    }

    private static void alsoNumber(ObjectNode definitions, String name) {
        ((ObjectNode) definitions.get(name)).remove("format");
        ((ObjectNode) definitions.get(name))
                .set("type", JSON.createArrayNode().add("string").add("number"));
    }

    private void prepareDefinition(JsonNode definition) {
        String group = definition.at("/spec/group").asText();
        String kind = definition.at("/spec/names/kind").asText();
        for (JsonNode version : definition.at("/spec/versions")) {
            ObjectNode schema = version.at("/schema/openAPIV3Schema").deepCopy();
            strict(schema);
            ((ObjectNode) schema.get("properties"))
                    .set("metadata", JSON.createObjectNode().put("type", "object"));
            byKind.put(group + "/" + version.path("name").asText() + "/" + kind, FACTORY.getSchema(schema));
        }
    }

    // Whatever has properties has no others; what is an int or a string says so; formats are the server's own.
    private static void strict(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("x-kubernetes-int-or-string").asBoolean()) {
                object.remove("anyOf");
                object.set("type", JSON.createArrayNode().add("string").add("integer"));
            }
            boolean open = object.path("x-kubernetes-preserve-unknown-fields").asBoolean();
            if (object.path("properties").isObject()
                    && !object.has("additionalProperties")
                    && !open
                    && !object.has("x-kubernetes-validations-only")) {
                object.put("additionalProperties", false);
            }
        }
        node.forEach(StrictSchemas::strict);
    }
}
