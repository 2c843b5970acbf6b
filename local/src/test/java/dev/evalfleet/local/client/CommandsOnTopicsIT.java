package dev.evalfleet.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The commands that read and write topics, on topics that were written by hand.
@ExtendWith(SharedBroker.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsOnTopicsIT {

    private Path folder;
    private int requests;
    private String id = "";
    private Pictures written = new Pictures(id);
    private Fleet fleet;
    private Producer<String, byte[]> producer;
    private String config;

    @BeforeAll
    void connect(SharedBroker broker, @TempDir Path temporary) throws IOException {
        folder = temporary;
        fleet = broker.fleet();
        fleet.ensure(fleet.topics().all());
        producer = fleet.kafka().producer(Map.of());
        config = Files.writeString(
                        folder.resolve("fleet.yaml"),
                        "kafka: {bootstrap-servers: \"%s\"}\nregistry: {urls: [\"%s\"]}\ntopics: {prefix: %s}\n"
                                .formatted(
                                        broker.bootstrapServers(),
                                        broker.registryUrl(),
                                        fleet.topics().prefix()))
                .toString();
    }

    @BeforeEach
    void anotherRequest() {
        id = "request-" + ++requests;
        written = new Pictures(id);
    }

    @AfterAll
    void disconnect() {
        producer.close();
        fleet.close();
    }

    @Test
    void watchEndsWithTheFiguresOfACompletedRequest() {
        written.baseline("sub", "v1", 0.9).candidate("sub", "v2", 0.4, 1e-12);
        publish(RunStatus.COMPLETED);

        CommandRun watch = run("watch");

        assertThat(watch.exitCode()).as(watch.err()).isZero();
        assertThat(watch.out()).contains("▼ WORSE", "v2");
        assertThat(run("watch", id, "--json").out()).contains("\"status\" : \"completed\"");
    }

    @Test
    void aRequestThatDidNotCompleteFailsTheWatch() {
        written.baseline("sub", "v1", 0.9);
        publish(RunStatus.INCOMPLETE);

        assertThat(run("watch", id).exitCode()).isEqualTo(1);
    }

    @Test
    void aRefusedRequestTellsEveryReason() {
        send(fleet.record(
                fleet.topics().plans(),
                id,
                RunPlan.newBuilder()
                        .setStatus(PlanStatus.REJECTED)
                        .setRequestId(id)
                        .setRunId(id)
                        .setProblems(List.of(
                                new Problem("tasks", "no task \"foo\""), new Problem("models", "no model \"x\"")))
                        .setPlannedAt(Instant.now())
                        .build()));
        publish(RunStatus.REJECTED);

        CommandRun watch = run("watch", id);

        assertThat(watch.exitCode()).isEqualTo(1);
        assertThat(watch.err()).contains("refused", "tasks: no task \"foo\"", "models: no model \"x\"");
    }

    @Test
    void runsListsRequestsAndTheRunsOfOne() {
        written.baseline("sub", "v1", 0.9).running("add", "v1", 3, 10);
        publish(RunStatus.RUNNING);

        assertThat(run("runs").out()).contains(id, "running");
        assertThat(run("runs", id).out()).contains(id + "/sub/v1", "completed", id + "/add/v1", "3/10");
        assertThat(run("runs", "--json").out()).startsWith("{\"id\":\"request-");
        assertThat(run("runs", "--label", "a=b").err()).contains("No requests with these labels");
    }

    @Test
    void anIdThatIsNotThereSuggestsOneThatIs() {
        written.baseline("sub", "v1", 0.9);
        publish(RunStatus.COMPLETED);

        CommandRun watch = run("watch", id + "x");

        assertThat(watch.exitCode()).isEqualTo(1);
        assertThat(watch.err()).contains("no request or run " + id + "x", "did you mean " + id + "?");
    }

    @Test
    void resultsAreReadOncePerDocumentInEveryFormat() throws IOException {
        written.baseline("sub", "v1", 0.5);
        Instant now = Instant.now();
        publish(RunStatus.COMPLETED, now);
        result("d1", 0, "7", 1.0);
        result("d2", 1, "a, \"b\"", 0.0);
        result("d1", 0, "8", 0.0); // delivered again: the first counts
        producer.flush();
        Path file = folder.resolve("results.csv");

        assertThat(run("results", id).out().lines()).hasSize(2).anySatisfy(line -> assertThat(line)
                .contains("\"documentId\":\"d1\"", "\"text\":\"7\"", "\"value\":1.0"));
        assertThat(run("results", id + "/sub/v1", "--format", "table").out()).contains("d1", "exact_match=1");
        assertThat(run("results", id, "--format", "csv", "--out", file.toString())
                        .exitCode())
                .isZero();
        assertThat(Files.readAllLines(file)).hasSize(3).anySatisfy(line -> assertThat(line)
                .contains("\"a, \"\"b\"\"\""));
    }

    @Test
    void cancelWritesToTheControlTopic() {
        written.running("sub", "v1", 1, 10);
        publish(RunStatus.RUNNING);
        try (FleetClient client = FleetClient.of(fleet)) {
            client.cancel(id, "because", "me");

            Map<String, RunControl> seen = new ConcurrentHashMap<>();
            var follower = new dev.evalfleet.runtime.kafka.TopicFollower(fleet, "test")
                    .on(
                            fleet.topics().control(),
                            received -> seen.put(received.key(), java.util.Objects.requireNonNull(received.value())));
            follower.start();
            follower.awaitCaughtUp(java.time.Duration.ofSeconds(20));
            follower.close();
            assertThat(seen.get(id))
                    .satisfies(control -> assertThat(control.getReason()).isEqualTo("because"));
        }
    }

    @Test
    void whatIsOverCannotBeCancelled() {
        written.baseline("sub", "v1", 0.9);
        publish(RunStatus.COMPLETED);

        CommandRun cancel = run("cancel", id);

        assertThat(cancel.exitCode()).isEqualTo(1);
        assertThat(cancel.err()).contains(id + " is over already: completed");
    }

    @Test
    void aBrokerWithoutAFleetIsTold(SharedBroker broker) throws IOException {
        Path other = Files.writeString(
                folder.resolve("other.yaml"),
                Files.readString(Path.of(config)).replaceAll("prefix: .*}", "prefix: nobody.}"));

        assertThat(CommandRun.of("runs", "--config", other.toString()).err()).contains("no topic nobody.requests");
    }

    private CommandRun run(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = config;
        return CommandRun.of(all);
    }

    private void publish(RunStatus requestStatus) {
        publish(requestStatus, null);
    }

    private void publish(RunStatus requestStatus, @org.jspecify.annotations.Nullable Instant resultsAt) {
        FleetPicture picture = written.picture();
        for (RunPlan plan : picture.plans(id)) {
            send(fleet.record(fleet.topics().plans(), plan.getRunId(), plan));
            for (Metric metric : picture.metrics(plan.getRunId())) {
                String key = Ids.metricKey(plan.getRunId(), metric.getMetric(), metric.getFilter(), "");
                send(fleet.record(fleet.topics().metrics(), key, metric));
            }
        }
        for (RunState state : picture.runs()) {
            state.setFirstResultAt(resultsAt);
            state.setLastResultAt(resultsAt);
            send(fleet.record(fleet.topics().runs(), state.getId(), state));
        }
        send(fleet.record(
                fleet.topics().runs(),
                id,
                RunState.newBuilder()
                        .setId(id)
                        .setKind(StateKind.REQUEST)
                        .setRequestId(id)
                        .setStatus(requestStatus)
                        .setRuns(picture.plans(id).stream()
                                .map(RunPlan::getRunId)
                                .toList())
                        .setUsage(Usage.newBuilder().build())
                        .setPlannedAt(Instant.now())
                        .setUpdatedAt(Instant.now())
                        .build()));
        producer.flush();
    }

    private void result(String document, long position, String text, double score) {
        SampleResult result = SampleResult.newBuilder()
                .setRunId(id + "/sub/v1")
                .setRequestId(id)
                .setTask("sub")
                .setModel("v1")
                .setDocumentId(document)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup(id + "/sub")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setOutputs(List.of(Output.newBuilder().setText(text).build()))
                .setScores(List.of(Score.newBuilder()
                        .setMetric("exact_match")
                        .setFilter("none")
                        .setValue(score)
                        .build()))
                .setCompletedAt(Instant.now())
                .build();
        send(fleet.record(fleet.topics().results(), Ids.resultKey("f", document), result));
    }

    private void send(ProducerRecord<String, byte[]> sent) {
        var _ = producer.send(sent);
    }
}
