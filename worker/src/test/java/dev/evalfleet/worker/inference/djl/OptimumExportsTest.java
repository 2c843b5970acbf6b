package dev.evalfleet.worker.inference.djl;

import static dev.evalfleet.worker.inference.djl.TestModels.greedy;
import static dev.evalfleet.worker.inference.djl.TestModels.only;
import static dev.evalfleet.worker.inference.djl.TestModels.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Exports of many model families against PyTorch, where src/test/python/export_models.py has made them; it says how.
class OptimumExportsTest {

    @TestFactory
    Stream<DynamicTest> everyFamilyAnswersAsItDoesInPyTorch() throws IOException {
        String folder = System.getProperty("exports");
        assumeTrue(folder != null, "no exports given with -Dexports=FOLDER");
        try (var folders = Files.list(Path.of(folder, "onnx"))) {
            return folders.sorted().toList().stream()
                    .map(path -> DynamicTest.dynamicTest(path.getFileName().toString(), () -> compare(path)));
        }
    }

    private static void compare(Path path) throws Exception {
        JsonNode expected = TestModels.json(path.resolve("expected.json"));
        try (var backend = DjlBackend.open(TestModels.batches(path, 8));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> texts = new ArrayList<>();
            for (JsonNode text : expected.get("texts")) {
                var request = plain(text.get("prompt").asText(), greedy(24));
                texts.add(threads.submit(() ->
                        only(backend.generate(request, new Cancellation())).getText()));
            }
            for (int i = 0; i < texts.size(); i++) {
                assertThat(texts.get(i).get())
                        .isEqualTo(expected.get("texts").get(i).get("text").asText());
            }
            compare(backend, expected.get("likelihoods"));
        }
    }

    private static void compare(DjlBackend backend, JsonNode expected) {
        List<Question> questions = new ArrayList<>();
        expected.forEach(each -> questions.add(new Question(
                each.get("context").asText(), each.get("continuation").asText())));
        var answer = (Answered) backend.logLikelihoods(questions, new Cancellation());
        for (int i = 0; i < expected.size(); i++) {
            Output output = answer.outputs().get(i);
            double wanted = expected.get(i).get("logLikelihood").asDouble();
            assertThat(output.getLogLikelihood()).isCloseTo(wanted, within(1e-4 * Math.max(1, Math.abs(wanted))));
            assertThat(output.getIsGreedy())
                    .isEqualTo(expected.get(i).get("isGreedy").asBoolean());
        }
    }
}
