package dev.evalfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.worker.inference.openai.OpenAiSettings;
import dev.evalfleet.worker.inference.scripted.ScriptedSettings;
import dev.evalfleet.worker.model.RetrySettings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerSettingsTest {

    @Test
    void defaults() {
        WorkerSettings settings = read(Map.of("name", "m", "backend", "scripted"));

        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.startTimeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.maxInFlight()).isEqualTo(128);
        assertThat(settings.maxInFlightBytes()).isEqualTo(64 << 20);
        assertThat(settings.name()).isNotBlank();
        assertThat(settings.models())
                .containsExactly(new ModelSettings("m", 64, RetrySettings.DEFAULTS, ScriptedSettings.perfect("m")));
    }

    @Test
    void everySettingOfAnOpenAiModelIsRead() {
        Map<String, Object> model = new HashMap<>(Map.of(
                "name", "llama",
                "backend", "openai",
                "concurrency", 8,
                "served-name", "meta-llama/Llama-3.1-8B",
                "base-urls", List.of("http://a:8000/v1/", "http://b:8000/v1"),
                "api-key", "s3cret",
                "connect-timeout", "2s",
                "idle-timeout", "20s",
                "stream", false,
                "prefix", "<s>"));
        model.put(
                "retries",
                Map.of(
                        "attempts", 2,
                        "attempt-timeout", "1m",
                        "deadline", "2m",
                        "first-backoff", "100ms",
                        "longest-backoff", "1s",
                        "share", 0.5));
        WorkerSettings settings = WorkerSettings.from(Settings.of(Map.of(
                "worker",
                Map.of(
                        "pool", "gpu",
                        "name", "w7",
                        "drain-timeout", "5s",
                        "start-timeout", "1m",
                        "max-in-flight", 20,
                        "max-in-flight-bytes", 1_000_000,
                        "capture", "hash",
                        "models", List.of(model)))));

        OpenAiSettings backend = new OpenAiSettings(
                "meta-llama/Llama-3.1-8B",
                List.of(URI.create("http://a:8000/v1"), URI.create("http://b:8000/v1")),
                new Secret("s3cret"),
                Duration.ofSeconds(2),
                Duration.ofSeconds(20),
                false,
                "<s>");
        RetrySettings retries = new RetrySettings(
                2, Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMillis(100), Duration.ofSeconds(1), 0.5);
        assertThat(settings)
                .isEqualTo(new WorkerSettings(
                        "gpu",
                        "w7",
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        20,
                        1_000_000,
                        Capture.HASH,
                        List.of(new ModelSettings("llama", 8, retries, backend))));
    }

    @Test
    void everySettingOfAScriptIsRead() {
        WorkerSettings settings = read(Map.of(
                "name",
                "m",
                "backend",
                "scripted",
                "answer",
                "#### {target}",
                "accuracy",
                0.9,
                "latency",
                "20ms",
                "latency-sigma",
                0.5,
                "failures",
                Map.of("broken", 0.1),
                "seed",
                7));

        assertThat(settings.models().getFirst().backend())
                .isEqualTo(new ScriptedSettings(
                        "m", "#### {target}", 0.9, Duration.ofMillis(20), 0.5, Map.of("broken", 0.1), 7));
    }

    @Test
    void rejectsWhatCannotWork() {
        refused(Map.of("name", "m", "backend", "magic"), "must be openai, djl or scripted, but is \"magic\"");
        refused(Map.of("name", "m", "backend", "openai"), "base-url is required");
        refused(Map.of("name", "m", "backend", "openai", "base-url", "localhost:8000"), "base-url must be a URL");
        refused(Map.of("name", "m", "backend", "openai", "base-url", "http://u:p@h/v1"), "must not hold a user");
        refused(Map.of("name", "m", "backend", "scripted", "accuracy", 2), "accuracy must be between 0 and 1");
        refused(Map.of("name", "m", "backend", "scripted", "failures", Map.of("fire", 1)), "failures.fire");
        refused(Map.of("name", "m", "backend", "scripted", "concurrency", 0), "concurrency of model 'm'");
        refused(Map.of("name", "m", "backend", "scripted", "typo", 1), "typo");
        refused(Map.of("backend", "scripted"), "name is required");
    }

    @Test
    void rejectsAWorkerWithoutModelsOrWithOneTwice() {
        assertThatThrownBy(() -> WorkerSettings.from(Settings.of(Map.of("worker", Map.of("pool", "p")))))
                .hasMessageContaining("at least one model");
        Map<String, Object> model = Map.of("name", "m", "backend", "scripted");
        assertThatThrownBy(() -> WorkerSettings.from(
                        Settings.of(Map.of("worker", Map.of("pool", "p", "models", List.of(model, model))))))
                .hasMessageContaining("names 'm' twice");
    }

    @Test
    void secretsAreNotPrinted() {
        WorkerSettings settings =
                read(Map.of("name", "m", "backend", "openai", "base-url", "http://a/v1", "api-key", "s3cret"));

        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    private static WorkerSettings read(Map<String, Object> model) {
        return WorkerSettings.from(Settings.of(Map.of("worker", Map.of("pool", "p", "models", List.of(model)))));
    }

    private static void refused(Map<String, Object> model, String message) {
        assertThatThrownBy(() -> read(model))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }
}
