package dev.evalfleet.worker.inference.djl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The models the tests ask: tiny graphs with random weights for every kind of export, and the demo models.
public final class TestModels {

    private static final JsonMapper JSON = new JsonMapper();

    private TestModels() {}

    /// A graph made by src/test/python/make_models.py.
    public static Path made(String name) {
        return Path.of("src/test/resources/models").resolve(name);
    }

    /// A demo model.
    public static Path demo(String name) {
        Path path = Path.of("../local/models").resolve(name);
        assumeTrue(Files.exists(path.resolve("model.onnx")), () -> "demo model " + path + " is not there");
        return path;
    }

    public static List<JsonNode> documents(String skill) {
        try (var lines = Files.lines(Path.of("../tasks/skills/data/" + skill + ".jsonl"))) {
            List<JsonNode> documents = new ArrayList<>();
            for (String line : (Iterable<String>) lines::iterator) {
                documents.add(JSON.readTree(line));
            }
            return documents;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What the same graph says when ONNX Runtime is asked from Python.
    public static JsonNode expected() {
        return json(made("expected.json"));
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static DjlSettings batches(Path path, int maxBatch) {
        return new DjlSettings(path, "cpu", 1, maxBatch, Duration.ofMillis(20), 256, null, Duration.ofSeconds(30));
    }

    public static GenerationParams greedy(int maxTokens, String... until) {
        return GenerationParams.newBuilder()
                .setMaxTokens(maxTokens)
                .setUntil(List.of(until))
                .build();
    }

    static Generation plain(String prompt, GenerationParams params) {
        return new Generation(prompt, List.of(), params);
    }

    static Output only(Completion completion) {
        if (completion instanceof Answered answered && answered.outputs().size() == 1) {
            return answered.outputs().getFirst();
        }
        throw new AssertionError("not one answer: " + completion);
    }
}
