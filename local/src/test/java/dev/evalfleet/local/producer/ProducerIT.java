package dev.evalfleet.local.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedBroker.Extension.class)
class ProducerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path work;

    @Test
    void aRequestBecomesItsPlansAndTheirSamples(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                ProducerService _ = started(fleet);
                Plans plans = new Plans(fleet)) {
            send(fleet, request("r1", "skills_add", "skills_compare"));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(plans.ids())
                    .containsExactlyInAnyOrder("r1/skills_add/tiny-1", "r1/skills_compare/tiny-1"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(samples(fleet)).hasSizeGreaterThanOrEqualTo(64));
            assertThat(samples(fleet))
                    .allSatisfy(sample -> assertThat(sample.getPrompt()).endsWith("="));
        }
    }

    @Test
    void theSameRequestTwiceDoesNothingNewAlsoAfterARestart(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet()) {
            try (ProducerService _ = started(fleet)) {
                send(fleet, request("r1", "skills_add"));
                send(fleet, request("r1", "skills_max"));
                send(fleet, request("r2", "skills_max"));
                try (Plans plans = new Plans(fleet)) {
                    await().atMost(PATIENCE).until(() -> plans.ids().contains("r2/skills_max/tiny-1"));
                }
            }
            try (ProducerService _ = started(fleet);
                    Plans plans = new Plans(fleet)) {
                send(fleet, request("r1", "skills_max"));
                send(fleet, request("r3", "skills_max"));
                await().atMost(PATIENCE).until(() -> plans.ids().contains("r3/skills_max/tiny-1"));
                assertThat(plans.ids())
                        .containsExactlyInAnyOrder(
                                "r1/skills_add/tiny-1", "r2/skills_max/tiny-1", "r3/skills_max/tiny-1");
            }
        }
    }

    @Test
    void aRequestWithSeveralMistakesIsRefusedWithAllOfThem(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                ProducerService _ = started(fleet);
                Plans plans = new Plans(fleet)) {
            EvalRequest request = request("bad", "skills_ad", "skills_max");
            request.setModels(List.of("tiny-1", "huge"));
            request.setLimit(-1.0);
            send(fleet, request);

            await().atMost(PATIENCE).until(() -> plans.ids().contains("bad"));
            RunPlan refusal = plans.all.peek();
            assertThat(refusal.getStatus()).isEqualTo(PlanStatus.REJECTED);
            assertThat(refusal.getProblems().stream().map(Problem::getMessage))
                    .anySatisfy(text -> assertThat(text).contains("skills_ad", "did you mean skills_add?"))
                    .anySatisfy(text -> assertThat(text).contains("no pool serves the model \"huge\""))
                    .anySatisfy(text -> assertThat(text).contains("but is -1.0"));
        }
    }

    @Test
    void whatCannotBeDecodedGoesToDeadLettersAndTheLoopGoesOn(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                ProducerService _ = started(fleet);
                Plans plans = new Plans(fleet)) {
            send(fleet, new ProducerRecord<>(fleet.topics().requests().name(), "junk", new byte[] {1, 2, 3}));
            send(fleet, request("junk", "skills_max"));

            await().atMost(PATIENCE).until(() -> plans.ids().contains("junk/skills_max/tiny-1"));
            ConsumerRecord<String, byte[]> letter =
                    records(fleet, fleet.topics().deadLetters().name()).getFirst();
            assertThat(letter.value()).containsExactly(1, 2, 3);
            assertThat(new String(
                            letter.headers().lastHeader(DeadLetters.ORIGIN).value(), StandardCharsets.UTF_8))
                    .startsWith(fleet.topics().requests().name());
        }
    }

    private ProducerService started(Fleet fleet) throws Exception {
        var settings = ProducerSettings.from(Settings.of(Map.of(
                "topics", Map.of("sample-partitions", 4),
                "producer",
                        Map.of(
                                "task-dirs", Path.of("..", "tasks").toString(),
                                "spool-dir", work.toString(),
                                "pools",
                                        List.of(Map.of(
                                                "name",
                                                "tiny",
                                                "models",
                                                List.of("tiny-1"),
                                                "low-mark",
                                                64,
                                                "high-mark",
                                                128))))));
        var service = new ProducerService(fleet, settings);
        service.start();
        return service;
    }

    private static EvalRequest request(String id, String... tasks) {
        return EvalRequest.newBuilder()
                .setRequestId(id)
                .setTasks(List.of(tasks))
                .setModels(List.of("tiny-1"))
                .build();
    }

    private static void send(Fleet fleet, EvalRequest request) throws Exception {
        send(fleet, fleet.record(fleet.topics().requests(), request.getRequestId(), request));
    }

    private static void send(Fleet fleet, ProducerRecord<String, byte[]> record) throws Exception {
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(record).get(30, TimeUnit.SECONDS);
        }
    }

    private static List<Sample> samples(Fleet fleet) {
        return records(fleet, fleet.topics().samples("tiny").name()).stream()
                .map(record -> fleet.decode(fleet.topics().samples("tiny"), record.value()))
                .toList();
    }

    private static List<ConsumerRecord<String, byte[]>> records(Fleet fleet, String topic) {
        try (Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            long end = reader.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            var records = new ArrayList<ConsumerRecord<String, byte[]>>();
            await().atMost(PATIENCE).until(() -> {
                reader.poll(Duration.ofMillis(50)).forEach(records::add);
                return partitions.stream().mapToLong(reader::position).sum() >= end;
            });
            return records;
        }
    }

    /// The plans topic, followed.
    private static final class Plans implements AutoCloseable {
        final ConcurrentLinkedQueue<RunPlan> all = new ConcurrentLinkedQueue<>();
        private final TopicFollower follower;

        Plans(Fleet fleet) {
            follower = new TopicFollower(fleet, "plans").on(fleet.topics().plans(), plan -> all.add(plan.value()));
            follower.start();
        }

        List<String> ids() {
            return all.stream().map(RunPlan::getRunId).toList();
        }

        @Override
        public void close() {
            follower.close();
        }
    }
}
