package dev.evalfleet.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The chart of this module, and what it renders to.
final class Chart {
    static final Path FOLDER = Path.of(System.getProperty("evalfleet.chart", "evalfleet"));
    static final Path VALUES = Path.of("src/test/resources/values");
    static final Path EXAMPLES = Path.of("examples");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final String KUBERNETES = "1.35.0";

    private Chart() {}

    /// Every set of values there is a render of: those of the tests, and the examples people start from.
    static List<Path> valueSets() {
        return Stream.of(VALUES, EXAMPLES).flatMap(Chart::files).toList();
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path values) {
        return new Helm(FOLDER)
                .template()
                .withName("ef")
                .withNamespace("evaluation")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values)
                .call();
    }

    static List<JsonNode> manifests(Path values) {
        return parse(text(values));
    }

    static List<JsonNode> parse(String rendered) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(rendered)) {
            return documents.readAll().stream()
                    .filter(document -> document != null && !document.isNull() && !document.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode one(List<JsonNode> manifests, String kind, String name) {
        return manifests.stream()
                .filter(manifest -> manifest.path("kind").asText().equals(kind)
                        && manifest.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name + " among "
                        + manifests.stream().map(Chart::label).toList()));
    }

    static List<JsonNode> all(List<JsonNode> manifests, String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.path("kind").asText().equals(kind))
                .toList();
    }

    static String label(JsonNode manifest) {
        return manifest.path("kind").asText() + "/"
                + manifest.at("/metadata/name").asText();
    }
}
