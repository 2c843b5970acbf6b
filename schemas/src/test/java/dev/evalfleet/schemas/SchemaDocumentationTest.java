package dev.evalfleet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaDocumentationTest {
    private static final Path SOURCES = Path.of("src/main/avro");

    @Test
    void everyTypeAndEveryFieldSaysWhatItIs() throws IOException {
        List<String> undocumented = new ArrayList<>();

        for (Path file : schemaFiles()) {
            collect(new ObjectMapper().readTree(file.toFile()), file.getFileName() + ":", undocumented);
        }

        assertThat(undocumented).isEmpty();
    }

    @Test
    void everyEnumerationHasADefaultSoThatOldReadersSurviveNewSymbols() throws IOException {
        List<String> without = new ArrayList<>();

        for (Path file : schemaFiles()) {
            JsonNode schema = new ObjectMapper().readTree(file.toFile());
            if (schema.path("type").asText().equals("enum") && !schema.has("default")) {
                without.add(file.toString());
            }
        }

        assertThat(without).isEmpty();
    }

    // Apicurio Registry 3.3.3 takes a schema with such a default for no schema at all.
    @Test
    void noDefaultIsTheTextOfAnEmptyObject() throws IOException {
        for (Path file : schemaFiles()) {
            assertThat(new ObjectMapper().readTree(file.toFile()).findValues("default"))
                    .as(file.toString())
                    .noneMatch(value -> value.isTextual() && value.asText().equals("{}"));
        }
    }

    private static List<Path> schemaFiles() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".avsc")).toList();
            assertThat(found).hasSizeGreaterThan(10);
            return found;
        }
    }

    // Types and fields are the objects with a name; everything else is only walked through.
    private static void collect(JsonNode node, String path, List<String> undocumented) {
        if (node.isObject() && node.has("name") && node.path("doc").asText().isBlank()) {
            undocumented.add(path + node.path("name").asText());
        }
        String inner = node.has("name") ? path + node.path("name").asText() + "." : path;
        node.forEach(child -> collect(child, inner, undocumented));
    }
}
