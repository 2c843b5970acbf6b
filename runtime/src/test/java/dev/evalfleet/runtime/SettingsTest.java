package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path folder;

    /// What a component's settings look like.
    record Oven(URI endpoint, int racks, Duration bakeTime, double heat, boolean fan, @Nullable String label) {
        Oven {
            if (racks < 1) {
                throw new IllegalArgumentException("worker.racks must be at least 1, was " + racks);
            }
        }

        static Oven from(Settings settings) {
            Settings worker = settings.section("worker");
            URI endpoint = worker.uri("model-endpoint");
            int racks = worker.integer("racks", 8);
            Duration bakeTime = worker.duration("drain-timeout", Duration.ofSeconds(30));
            double heat = worker.number("heat", 0.5);
            boolean fan = worker.flag("fan", true);
            String label = worker.optional("label");
            return worker.build(() -> new Oven(endpoint, racks, bakeTime, heat, fan, label));
        }
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        Oven oven = Oven.from(Settings.of(Map.of("worker", Map.of("model-endpoint", "http://localhost:1"))));

        assertThat(oven)
                .isEqualTo(new Oven(URI.create("http://localhost:1"), 8, Duration.ofSeconds(30), 0.5, true, null));
    }

    @Test
    void everySettingIsReadFromTheFile() throws IOException {
        Settings settings = load(
                """
                worker:
                  model-endpoint: http://model:8000/v1
                  racks: 3
                  drain-timeout: 1500ms
                  heat: 0.25
                  fan: false
                  label: "007"
                """);

        assertThat(Oven.from(settings))
                .isEqualTo(
                        new Oven(URI.create("http://model:8000/v1"), 3, Duration.ofMillis(1500), 0.25, false, "007"));
    }

    @Test
    void aVariableWinsOverTheFile() throws IOException {
        Settings settings = load(
                """
                worker:
                  model-endpoint: http://file
                  racks: 3
                """,
                Map.of("EVALFLEET_WORKER_MODEL_ENDPOINT", "http://variable", "EVALFLEET_WORKER_DRAIN_TIMEOUT", "PT5M"));

        Oven oven = Oven.from(settings);

        assertThat(oven.endpoint()).isEqualTo(URI.create("http://variable"));
        assertThat(oven.bakeTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(oven.racks()).isEqualTo(3);
    }

    @Test
    void everyProblemIsReportedAtOnceWithItsPlace() throws IOException {
        Settings settings = load(
                """
                worker:
                  drain-timeout: soon
                  racks: many
                  max-inflight: 3
                  labl: x
                """,
                Map.of("EVALFLEET_WORKER_HEAT", "hot", "EVALFLEET_WORKER_RACK", "3"));

        assertThatThrownBy(() -> Oven.from(settings))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(
                        """
                        Invalid configuration:
                          - worker.model-endpoint is required (a URI)
                          - worker.racks (fleet.yaml:3) must be a whole number, but is "many"
                          - worker.drain-timeout (fleet.yaml:2) must be a duration such as 30s, 500ms, 5m or PT30S, \
                        but is "soon"
                          - worker.heat (EVALFLEET_WORKER_HEAT) must be a number, but is "hot"
                          - worker.max-inflight (fleet.yaml:4) is not a setting
                          - worker.labl (fleet.yaml:5) is not a setting; did you mean label?
                          - EVALFLEET_WORKER_RACK is not a setting; did you mean EVALFLEET_WORKER_RACKS?""");
    }

    @Test
    void aBrokenRuleOfTheRecordIsAProblemOfTheConfiguration() {
        Settings settings = Settings.of(Map.of("worker", Map.of("model-endpoint", "http://m", "racks", 0)));

        assertThatThrownBy(() -> Oven.from(settings))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("worker.racks must be at least 1, was 0");
    }

    @Test
    void keysOfOtherSectionsAreLeftAlone() throws IOException {
        Settings settings = load(
                """
                worker: {model-endpoint: http://m}
                producer: {spool-dir: /tmp}
                """);

        assertThat(Oven.from(settings).racks()).isEqualTo(8);
    }

    @Test
    void aMisspeltSectionIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> load("kafka: {}\nworkers: {}\n"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("workers (fleet.yaml:2) is not a section; did you mean worker?");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = folder.resolve("missing.yaml");

        assertThatThrownBy(() -> Settings.load(missing, Map.of()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(missing + ": there is no such file");
    }

    @Test
    void brokenYamlIsNamedWithItsLine() {
        assertThatThrownBy(() -> load("worker:\n  pool: [a, b\n  name: x\n"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("fleet.yaml:3 is not valid YAML");
    }

    @Test
    void aKeyGivenTwiceIsRefusedWithBothLines() {
        assertThatThrownBy(() -> load("worker:\n  pool: a\n  pool: b\n"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("worker.pool is given twice, at fleet.yaml:2 and fleet.yaml:3");
    }

    @Test
    void anEmptyFileIsNoSettings() throws IOException {
        assertThat(load("# nothing yet\n").section("worker").string("pool", "tiny"))
                .isEqualTo("tiny");
        assertThat(load("worker:\n").section("worker").string("pool", "tiny")).isEqualTo("tiny");
    }

    @Test
    void variablesThatKubernetesAddsForServicesAreNotSettings() {
        Settings worker = Settings.load(
                        null,
                        Map.of(
                                "EVALFLEET_WORKER_SERVICE_HOST", "10.0.0.1",
                                "EVALFLEET_WORKER_PORT", "tcp://10.0.0.1:80",
                                "EVALFLEET_WORKER_PORT_80_TCP_ADDR", "10.0.0.1"))
                .section("worker");

        assertThat(worker.build(() -> "fine")).isEqualTo("fine");
    }

    @Test
    void aRelativePathIsMeantFromTheFilesFolder() throws IOException {
        Settings producer = load("producer: {spool-dir: spool}").section("producer");

        assertThat(producer.path("spool-dir")).isEqualTo(folder.resolve("spool"));
        assertThat(producer.path("other", Path.of("x"))).isEqualTo(Path.of("x"));
    }

    @Test
    void aSecretComesFromTheSettingAFileOrAVariableAndFromOneOnly() throws IOException {
        Files.writeString(folder.resolve("token"), "s3cret\n");
        Settings registry = load(
                        "registry: {a: plain, b-file: token, c-env: TOKEN, d: x, d-env: TOKEN, e-env: NOT_SET}",
                        Map.of("TOKEN", "from variable"))
                .section("registry");

        assertThat(registry.secret("a")).isEqualTo(new Secret("plain"));
        assertThat(registry.secret("b")).isEqualTo(new Secret("s3cret"));
        assertThat(registry.secret("c")).isEqualTo(new Secret("from variable"));
        assertThat(registry.secret("none")).isNull();
        registry.secret("d");
        registry.secret("e");
        assertThatThrownBy(() -> registry.build(() -> ""))
                .hasMessageContaining("registry.d (fleet.yaml:1) may be given once")
                .hasMessageContaining("registry.e-env (fleet.yaml:1) names the variable NOT_SET, which is not set");
    }

    @Test
    void aSecretIsNeverPrinted() {
        assertThat(new Secret("hunter2")).hasToString("***");
        assertThat(List.of(new Secret("hunter2")).toString()).doesNotContain("hunter2");
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
