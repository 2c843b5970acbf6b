package dev.evalfleet.worker.inference.djl;

import static dev.evalfleet.worker.inference.djl.TestModels.greedy;
import static dev.evalfleet.worker.inference.djl.TestModels.only;
import static dev.evalfleet.worker.inference.djl.TestModels.plain;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The demo models on the documents of the skills tasks, asked from many threads at once.
class SkillsTest {

    @ParameterizedTest
    @CsvSource({
        "tinygpt-v1, subtract, 0.9, 1", "tinygpt-v1, add, 0.9, 1", "tinygpt-v1, max, 0.9, 1",
        "tinygpt-v1, reverse, 0.9, 1", "tinygpt-v1, copy, 0.9, 1", "tinygpt-v1, compare, 0.9, 1",
        "tinygpt-v2, subtract, 0.3, 0.75", "tinygpt-v2, add, 0.9, 1", "tinygpt-v3, subtract, 0.9, 1"
    })
    void theDemoModelsKnowWhatTheirCardsSay(String model, String skill, double least, double most) throws Exception {
        try (var backend = DjlBackend.open(DjlSettings.of(TestModels.demo(model)))) {
            double share = share(
                    skill,
                    document -> skill.equals("compare")
                            ? choosesRight(backend, document)
                            : answersRight(backend, document));

            assertThat(share).isBetween(least, most);
        }
    }

    @Test
    void whatSharesABatchDoesNotChangeTheAnswers() throws Exception {
        var path = TestModels.demo("tinygpt-v1");
        try (var alone = DjlBackend.open(TestModels.batches(path, 1));
                var batched = DjlBackend.open(TestModels.batches(path, 32))) {
            double same = share("subtract", document -> {
                var request = plain(document.get("prompt").asText(), greedy(8, "\n"));
                return only(alone.generate(request, new Cancellation()))
                        .equals(only(batched.generate(request, new Cancellation())));
            });

            assertThat(same).isEqualTo(1.0);
        }
    }

    private static boolean answersRight(DjlBackend backend, JsonNode document) {
        var request = plain(document.get("prompt").asText(), greedy(12, "\n"));
        String text = only(backend.generate(request, new Cancellation())).getText();
        return document.get("answer").asText().equals(text);
    }

    private static boolean choosesRight(DjlBackend backend, JsonNode document) {
        List<Question> questions = Stream.of("<", ">", "=")
                .map(choice -> new Question(document.get("prompt").asText(), choice))
                .toList();
        var answer = (Answered) backend.logLikelihoods(questions, new Cancellation());
        int best = 0;
        for (int i = 1; i < 3; i++) {
            if (answer.outputs().get(i).getLogLikelihood()
                    > answer.outputs().get(best).getLogLikelihood()) {
                best = i;
            }
        }
        return best == document.get("label").asInt();
    }

    private static double share(String skill, Predicate<JsonNode> right) throws Exception {
        List<Future<Boolean>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (JsonNode document : TestModels.documents(skill)) {
                answers.add(threads.submit(() -> right.test(document)));
            }
        }
        long count = 0;
        for (Future<Boolean> answer : answers) {
            count += answer.get() ? 1 : 0;
        }
        return (double) count / answers.size();
    }
}
