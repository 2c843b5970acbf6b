package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.fleet.LocalFleet;
import dev.evalfleet.local.fleet.LocalFleetSettings;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.local.fleet.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The examples of `docs/pipelines`: their commands, run on a fleet where one candidate is as good as production, and
/// the other is not.
class PipelinesTest {
    private static final Path PYTHON = Chart.FOLDER
            .resolve("../../interop/python/.venv/bin/python")
            .toAbsolutePath()
            .normalize();

    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static LocalFleet fleet;

    @BeforeAll
    static void startAFleetWithAFrozenBaseline() throws Exception {
        List<Path> tasks =
                List.of(Chart.FOLDER.resolve("../../tasks").toAbsolutePath().normalize());
        fleet = LocalFleet.start(LocalFleetSettings.of(
                new Place(folder, tasks, new Ports(0, 0, 0)),
                List.of(
                        ModelSpec.parse("old=scripted,accuracy=0.95"),
                        ModelSpec.parse("good=scripted"),
                        ModelSpec.parse("bad=scripted,accuracy=0.4")),
                1,
                Feed.of(8)));
        assertThat(evalfleet(List.of("submit", "--tasks=skills_add", "--models=old", "--request-id=first", "--wait")))
                .isEqualTo(ExitCodes.OK);
        assertThat(evalfleet(List.of("baseline", "set", "production", "first/skills_add/old")))
                .isEqualTo(ExitCodes.OK);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @ParameterizedTest
    @CsvSource({"good, 0", "bad, 3"})
    void theKubernetesJobSucceedsOnlyOnAPass(String model, int exitCode) throws IOException {
        List<List<String>> calls = PipelineExample.read("kubernetes-job.yaml")
                .calls(Map.of("candidate", model, "gsm8k", "skills_add", "$(JOB_NAME)", "job-" + model));

        assertThat(calls).hasSize(1);
        assertThat(evalfleet(calls.getFirst())).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource({"good, 0", "bad, 3"})
    void theStepOfGitHubActionsFailsUnlessItPassed(String model, int exitCode) throws IOException {
        List<List<String>> calls = PipelineExample.read("github-actions.yaml")
                .calls(Map.of(
                        "$MODEL", model, "$BASELINE", "production", "gsm8k", "skills_add", "$REQUEST", "gh-" + model));

        assertThat(calls).hasSize(2);
        assertThat(evalfleet(calls.get(0))).isEqualTo(exitCode);
        assertThat(evalfleet(calls.get(1))).as("the verdict, once more").isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource({"good, 0", "bad, 3"})
    void theArgoWorkflowEvaluatesThenGates(String model, int exitCode) throws IOException {
        List<List<String>> calls = PipelineExample.read("argo-workflow.yaml")
                .calls(Map.of(
                        "{{workflow.parameters.baseline}}", "production",
                        "{{inputs.parameters.model}}", model,
                        "{{inputs.parameters.task}}", "skills_add",
                        "{{workflow.name}}", "argo"));

        assertThat(calls).hasSize(2);
        assertThat(evalfleet(calls.get(0)))
                .as("evaluated, whatever the verdict")
                .isEqualTo(ExitCodes.OK);
        assertThat(evalfleet(calls.get(1))).isEqualTo(exitCode);
    }

    @Test
    void whatPassedIsPromotedToTopicAndWebhookAndWhatDidNotIsNot() throws Exception {
        if (!Files.exists(PYTHON)) {
            System.out.println(
                    "Skipped, docs/pipelines/promote.py: its client is not installed, interop/prepare.sh does it");
        }
        assumeTrue(Files.exists(PYTHON), "promote.py needs what interop/prepare.sh installs");
        gate("topic-good", "good", ExitCodes.OK);
        gate("topic-bad", "bad", ExitCodes.GATE);
        BlockingQueue<String> hooked = new LinkedBlockingQueue<>();
        HttpServer webhook = webhook(hooked);
        try {
            String url = "http://127.0.0.1:" + webhook.getAddress().getPort() + "/promote";

            assertThat(promote("topic-good", "--topic", "promotions", "--webhook", url))
                    .isZero();
            assertThat(promote("topic-bad", "--topic", "promotions", "--webhook", url))
                    .isEqualTo(ExitCodes.GATE);

            String body = hooked.poll(10, TimeUnit.SECONDS);
            assertThat(new ObjectMapper().readTree(body).path("id").asText()).isEqualTo("topic-good");
            assertThat(hooked).isEmpty();
            assertThat(promotions()).singleElement().satisfies(record -> assertThat(record.key())
                    .isEqualTo("good"));
        } finally {
            webhook.stop(0);
        }
    }

    @Test
    void theManifestsPassAStrictServer() throws IOException {
        List<JsonNode> manifests =
                new ArrayList<>(PipelineExample.read("kubernetes-job.yaml").manifests());
        List<JsonNode> argo = PipelineExample.read("argo-workflow.yaml").manifests();
        ManifestCheck.available()
                .ifPresent(check -> assertThat(check.problems(manifests)).isEmpty());
        NpmModels.ifThere()
                .ifPresentOrElse(
                        models -> assertThat(models.problems(argo)).isEmpty(),
                        () -> System.out.println("Skipped, Argo's schema: `npm ci --prefix helm/schemas` installs it"));
    }

    private static void gate(String request, String model, int exitCode) {
        assertThat(evalfleet(List.of(
                        "submit",
                        "--tasks=skills_add",
                        "--models=" + model,
                        "--baseline=production",
                        "--max-regression=exact_match=0.05",
                        "--request-id=" + request,
                        "--gate")))
                .isEqualTo(exitCode);
    }

    private static int evalfleet(List<String> call) {
        List<String> arguments = new ArrayList<>(call);
        arguments.addAll(List.of(
                "--bootstrap",
                fleet.file().bootstrap(),
                "--registry",
                fleet.file().registry()));
        StringWriter said = new StringWriter();
        int exitCode = EvalfleetCommand.commandLine(new PrintWriter(said), new PrintWriter(said))
                .execute(arguments.toArray(String[]::new));
        if (exitCode != ExitCodes.OK && exitCode != ExitCodes.GATE) {
            throw new AssertionError(arguments + "\n" + said);
        }
        return exitCode;
    }

    private static int promote(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                PYTHON.toString(), PipelineExample.FOLDER.resolve("promote.py").toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(line).inheritIO();
        process.environment().put("EVALFLEET_BOOTSTRAP", fleet.file().bootstrap());
        process.environment().put("EVALFLEET_REGISTRY", fleet.file().registry());
        Process running = process.start();
        boolean ended = running.waitFor(2, TimeUnit.MINUTES);
        running.destroyForcibly();
        assertThat(ended).as(line + " ends").isTrue();
        return running.exitValue();
    }

    private static HttpServer webhook(BlockingQueue<String> bodies) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/promote", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static List<ConsumerRecord<String, byte[]>> promotions() {
        String topic = fleet.fleet().topics().prefix() + "promotions";
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (Consumer<String, byte[]> consumer = fleet.fleet().kafka().reader(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
