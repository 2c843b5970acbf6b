package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Requests of people without Avro and without a registry client: the same JSON as a file and as a record.
@ExtendWith(SharedBroker.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonRequestIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String JSON =
            """
            {
            \t"tasks": ["skills_add"],
            \t"models": ["tinygpt-v1", "tinygpt-v2"],
            \t"baseline": "tinygpt-v1",
            \t"limit": 20,
            \t"labels": {"step": 12000}
            }
            """;

    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private Path folder;
    private SharedBroker broker;
    private ServiceFleet services;
    private FleetClient client;
    private Following following;

    @BeforeAll
    void start(SharedBroker shared, @TempDir Path temporary) throws Exception {
        folder = temporary;
        broker = shared;
        services = ServiceFleet.start(broker.settings(prefix), folder);
        client = services.client();
        following = client.follow(_ -> true);
    }

    @AfterAll
    void stop() {
        following.close();
        client.close();
        services.close();
    }

    @Test
    void aRecordMayBePlainJsonWhenAHeaderSaysSo() throws Exception {
        send("from-json", JSON, true);

        awaitFinished("from-json");
        assertThat(following.picture().state("from-json"))
                .get()
                .satisfies(state -> assertThat(state.getStatus()).isEqualTo(RunStatus.COMPLETED))
                .satisfies(state -> assertThat(state.getLabels()).isEqualTo(Map.of("step", "12000")));
        assertThat(following.picture().runsOf("from-json")).hasSize(2);
    }

    @Test
    void theSameJsonMayBeAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("request.json"), JSON);

        Path config = Files.writeString(
                folder.resolve("fleet.yaml"),
                """
                kafka: {bootstrap-servers: "%s"}
                registry: {urls: ["%s"]}
                topics: {prefix: "%s"}
                """
                        .formatted(broker.bootstrapServers(), broker.registryUrl(), prefix));

        CommandRun submit = CommandRun.of("submit", "--file", file.toString(), "--config", config.toString(), "--wait");

        assertThat(submit.exitCode()).as(submit.err()).isZero();
        assertThat(submit.out()).contains("skills_add", "tinygpt-v1", "tinygpt-v2", "baseline");
    }

    @Test
    void jsonWithMistakesIsRefusedUnderItsKeyWithLineColumnAndField() throws Exception {
        send("mistaken", "{\"tasks\": [\"skills_add\"],\n \"model\": \"tinygpt-v1\", \"limit\": \"all\"}", true);

        awaitFinished("mistaken");
        RunState state = following.picture().state("mistaken").orElseThrow();
        assertThat(state.getStatus()).isEqualTo(RunStatus.REJECTED);
        assertThat(state.getProblems().stream().map(problem -> problem.getWhere() + " " + problem.getMessage()))
                .containsExactlyInAnyOrder(
                        "request:2:2 model is not a field of a request; did you mean models?",
                        "request:2:34 limit must be a number, but is \"all\"",
                        "request:1:1 models is missing");
    }

    @Test
    void jsonThatDoesNotSaySoIsADeadLetterThatTellsHow() throws Exception {
        send("silent", JSON, false);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(causes(client.fleet()))
                .anyMatch(cause ->
                        cause.endsWith("If it is JSON, say so with the header content-type: application/json")));
        assertThat(following.picture().state("silent")).isEmpty();
    }

    private void awaitFinished(String requestId) throws InterruptedException {
        FleetPicture picture = following.picture();
        assertThat(picture.await(
                        () -> picture.state(requestId)
                                .filter(state -> FleetPicture.isOver(state.getStatus()))
                                .isPresent(),
                        PATIENCE))
                .as("%s has ended: %s", requestId, picture.runs())
                .isTrue();
    }

    private void send(String key, String json, boolean saysSo) throws Exception {
        Fleet fleet = client.fleet();
        var record = new ProducerRecord<>(fleet.topics().requests().name(), key, json.getBytes(StandardCharsets.UTF_8));
        if (saysSo) {
            record.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
        }
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(record).get();
        }
    }

    private static List<String> causes(Fleet fleet) {
        var causes = new ArrayList<String>();
        String topic = fleet.topics().deadLetters().name();
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(letter -> causes.add(new String(
                                letter.headers().lastHeader(DeadLetters.CAUSE).value(), StandardCharsets.UTF_8)));
            }
        }
        return List.copyOf(causes);
    }
}
