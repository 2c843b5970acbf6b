package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsListsTest {
    @TempDir
    Path folder;

    @Test
    void aListOfSectionsIsReadAndItsProblemsBelongToTheWhole() throws IOException {
        Settings worker =
                load("""
                worker:
                  models:
                    - name: tinygpt-v1
                      path: models/v1
                    - name: tinygpt-v2
                      pth: models/v2
                """)
                        .section("worker");

        List<String> names = worker.sections("models").stream()
                .map(model -> {
                    model.path("path");
                    return model.string("name");
                })
                .toList();

        assertThat(names).containsExactly("tinygpt-v1", "tinygpt-v2");
        assertThatThrownBy(() -> worker.build(() -> names))
                .hasMessageContaining("worker.models[1].path is required (a path)")
                .hasMessageContaining("worker.models[1].pth (fleet.yaml:6) is not a setting; did you mean path?");
    }

    @Test
    void aListOfSectionsCanComeFromVariablesAlone() {
        Settings worker = Settings.load(
                        null,
                        Map.of(
                                "EVALFLEET_WORKER_MODELS_0_NAME", "a",
                                "EVALFLEET_WORKER_MODELS_1_NAME", "b"))
                .section("worker");

        List<String> names = worker.sections("models").stream()
                .map(model -> model.string("name"))
                .toList();

        assertThat(worker.build(() -> names)).containsExactly("a", "b");
    }

    @Test
    void aVariableMayHoldAWholeListAsYaml() {
        Settings worker = Settings.load(null, Map.of("EVALFLEET_WORKER_MODELS", "[{name: a}, {name: b}]"))
                .section("worker");

        assertThat(worker.sections("models"))
                .extracting(model -> model.string("name"))
                .containsExactly("a", "b");
    }

    @Test
    void textsMayBeAListOrSeparatedByCommas() throws IOException {
        assertThat(load("producer: {task-dirs: [a, b]}").section("producer").strings("task-dirs"))
                .containsExactly("a", "b");
        assertThat(load("", Map.of("EVALFLEET_PRODUCER_TASK_DIRS", "a, b"))
                        .section("producer")
                        .strings("task-dirs"))
                .containsExactly("a", "b");
        assertThat(load("producer: {task-dirs: a}").section("producer").strings("task-dirs"))
                .containsExactly("a");
    }

    @Test
    void mapsAreFlatAndVariablesAddToThem() throws IOException {
        Settings kafka = load(
                        "kafka: {properties: {security.protocol: SASL_SSL, sasl: {mechanism: PLAIN}}}",
                        Map.of("EVALFLEET_KAFKA_PROPERTIES_CLIENT_RACK", "r1"))
                .section("kafka");

        Map<String, String> properties = kafka.map("properties");

        assertThat(kafka.build(() -> properties))
                .containsOnly(
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("sasl.mechanism", "PLAIN"),
                        Map.entry("client.rack", "r1"));
    }

    private Settings load(String yaml) throws IOException {
        return load(yaml, Map.of());
    }

    private Settings load(String yaml, Map<String, String> environment) throws IOException {
        Path file = folder.resolve("fleet.yaml");
        Files.writeString(file, yaml);
        return Settings.load(file, environment);
    }
}
