package dev.evalfleet.worker.inference.djl;

import static dev.evalfleet.worker.inference.djl.TestModels.greedy;
import static dev.evalfleet.worker.inference.djl.TestModels.plain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion.Answered;
import dev.evalfleet.worker.inference.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Samples per second of a demo model at several numbers of calls at once. Not run with the tests; ask for it:
///
/// `mvn -pl worker -am test -Dtest=DjlThroughput -Dsurefire.failIfNoSpecifiedTests=false`
class DjlThroughput {

    @Test
    void measure() throws Exception {
        Path path = TestModels.demo(System.getProperty("model", "tinygpt-v1"));
        for (int maxBatch : new int[] {1, 16, 32}) {
            var settings =
                    new DjlSettings(path, "cpu", 1, maxBatch, Duration.ofMillis(2), 256, null, Duration.ofMinutes(1));
            try (var backend = DjlBackend.open(settings)) {
                measure(backend, 8, 1500);
                for (int callers : new int[] {1, 8, 32}) {
                    System.out.printf(
                            "max-batch %2d, %2d calls at once: %s%n",
                            maxBatch, callers, measure(backend, callers, 3000));
                }
            }
        }
    }

    private static String measure(DjlBackend backend, int callers, int samples) throws Exception {
        List<JsonNode> documents = new ArrayList<>();
        Stream.of("add", "subtract", "max", "reverse", "copy")
                .forEach(skill -> documents.addAll(TestModels.documents(skill)));
        List<JsonNode> comparisons = TestModels.documents("compare");
        var tokens = new LongAdder();
        long start = System.nanoTime();
        run(callers, samples, i -> {
            var request =
                    plain(documents.get(i % documents.size()).get("prompt").asText(), greedy(12, "\n"));
            tokens.add(((Answered) backend.generate(request, new Cancellation())).outputTokens());
        });
        double generating = seconds(start);
        start = System.nanoTime();
        run(callers, samples, i -> {
            String prompt =
                    comparisons.get(i % comparisons.size()).get("prompt").asText();
            var questions = Stream.of("<", ">", "=")
                    .map(each -> new Question(prompt, each))
                    .toList();
            backend.logLikelihoods(questions, new Cancellation());
        });
        return "%.0f texts/s (%.0f tokens/s), %.0f choices of 3/s"
                .formatted(samples / generating, tokens.sum() / generating, samples / seconds(start));
    }

    private interface Sample {
        void ask(int number);
    }

    private static void run(int callers, int samples, Sample sample) throws InterruptedException {
        var permits = new Semaphore(callers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < samples; i++) {
                int number = i;
                permits.acquire();
                threads.execute(() -> {
                    try {
                        sample.ask(number);
                    } finally {
                        permits.release();
                    }
                });
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
