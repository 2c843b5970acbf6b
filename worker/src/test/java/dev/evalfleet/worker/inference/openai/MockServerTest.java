package dev.evalfleet.worker.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.Generation;
import dev.evalfleet.worker.model.Asked;
import dev.evalfleet.worker.model.RetrySettings;
import dev.evalfleet.worker.model.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Against the mock server of the tools beside this repository, which fails on purpose. Skipped where it is not there.
@Timeout(120)
class MockServerTest {

    private static final Path TOOL = find("shared/tools/mock-server/MockOpenAi.java");

    @Test
    void everyPromptIsAnsweredByAServerThatThrottlesFailsAndHangs() throws Exception {
        assumeTrue(Files.exists(TOOL), () -> "the mock server is not at " + TOOL);
        Process mock = start(
                "--latency",
                "uniform:5ms,20ms",
                "--queue",
                "16",
                "--fail-429",
                "0.1",
                "--fail-500",
                "0.05",
                "--fail-reset",
                "0.05",
                "--fail-malformed",
                "0.05",
                "--fail-hang",
                "0.01",
                "--retry-after",
                "0.05");
        RetrySettings retries = new RetrySettings(
                8, Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMillis(20), Duration.ofMillis(200), 1);
        try (ServedModel model = new ServedModel(
                "w1",
                "mock-model",
                OpenAiSettings.of("mock-model", base(mock), null).open(),
                32,
                retries,
                new SimpleMeterRegistry())) {
            model.start();
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                answers.add(ask(model, "Q: " + i + "\nA:"));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo("" + i);
            }
        } finally {
            mock.destroy();
        }
    }

    // Beside this repository, or beside a folder it is checked out in.
    private static Path find(String path) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(path))) {
                return folder.resolve(path);
            }
        }
        return Path.of(path);
    }

    private static CompletableFuture<String> ask(ServedModel model, String prompt) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Generation request = new Generation(
                prompt,
                List.of(),
                GenerationParams.newBuilder().setMaxTokens(32).build());
        Thread.ofVirtual().start(() -> {
            try {
                Asked asked = model.ask((backend, attempt) -> backend.generate(request, attempt), new Cancellation());
                answer.complete(
                        asked instanceof Asked.Answered(Completion.Answered completion, var _)
                                ? completion.outputs().getFirst().getText()
                                : asked.toString());
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Process start(String... options) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                TOOL.toString(),
                                "--port",
                                "0"),
                        Stream.of(options))
                .toList();
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static URI base(Process mock) throws IOException {
        BufferedReader output = mock.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith("ready ")) {
            line = output.readLine();
        }
        assertThat(line).as("the mock server's ready line").isNotNull();
        return URI.create(line.substring("ready ".length()) + "/v1");
    }
}
