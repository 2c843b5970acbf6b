package dev.evalfleet.loadtest.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.runtime.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The configuration files of the processes, as JSON, which YAML contains.
///
/// @param bootstrap of the broker
/// @param registry URL of the schema registry
/// @param tasks folder of the task
/// @param modelUrl of the model server
public record Configs(Cast cast, String bootstrap, String registry, Path tasks, String modelUrl) {
    public static final String POOL = "pool";
    public static final List<String> MODELS = List.of("alpha", "beta");

    private static final ObjectMapper JSON = new ObjectMapper();

    /// What every process is told, and whoever wants to read the topics.
    public Settings connection() {
        return Settings.of(common());
    }

    void producer(Path file, String name, Path spool) {
        Map<String, Object> pool = Map.of(
                "name",
                POOL,
                "models",
                MODELS,
                "concurrency",
                cast.concurrency(),
                "max-replicas",
                4,
                "low-mark",
                cast.lowMark(),
                "high-mark",
                cast.highMark());
        Map<String, Object> producer = new LinkedHashMap<>();
        producer.put("name", name);
        producer.put("task-dirs", List.of(tasks.toString()));
        producer.put("spool-dir", spool.toString());
        producer.put("pools", List.of(pool));
        // Samples are kept, so that the checker can compare what was sent with what was answered.
        producer.put(
                "dispatch",
                Map.of("settle", "3s", "stalled-after", "10s", "takeover-after", "6s", "trim-interval", "6h"));
        write(file, "producer", producer);
    }

    void worker(Path file, String name) {
        List<Map<String, Object>> models = MODELS.stream().map(this::model).toList();
        write(file, "worker", Map.of("pool", POOL, "name", name, "drain-timeout", "5s", "models", models));
    }

    void aggregator(Path file, Path state) {
        write(file, "aggregator", Map.of("state-dir", state.toString()));
    }

    private Map<String, Object> model(String name) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", name);
        model.put("backend", "openai");
        model.put("base-url", modelUrl);
        model.put("concurrency", cast.concurrency() / 2);
        model.put("connect-timeout", "2s");
        model.put("idle-timeout", "2s");
        model.put(
                "retries",
                Map.of("attempts", 5, "attempt-timeout", "4s", "first-backoff", "200ms", "longest-backoff", "2s"));
        return model;
    }

    private Map<String, Object> common() {
        Map<String, Object> common = new LinkedHashMap<>();
        common.put("kafka", Map.of("bootstrap-servers", bootstrap));
        common.put("registry", Map.of("urls", List.of(registry)));
        common.put("topics", Map.of("sample-partitions", Cast.SAMPLE_PARTITIONS));
        return common;
    }

    private void write(Path file, String section, Map<String, Object> content) {
        Map<String, Object> all = common();
        all.put(section, content);
        try {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
