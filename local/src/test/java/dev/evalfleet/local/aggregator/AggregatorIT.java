package dev.evalfleet.local.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The aggregator on a real broker, exactly once, stopped and started.
@ExtendWith(SharedBroker.Extension.class)
class AggregatorIT {
    private static final int SAMPLES = 200;
    private static final String RUN = Ids.runId("r1", "add", "tiny", null);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, RunState> states = new ConcurrentHashMap<>();
    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();

    @Test
    void aRestartGoesOnWhereItStoppedAndCountsNothingTwice(SharedBroker broker, @TempDir Path state) throws Exception {
        try (Fleet fleet = broker.fleet();
                TopicFollower follower = follow(fleet);
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            fleet.ensure(fleet.topics().all());
            follower.start();
            var _ = producer.send(fleet.record(fleet.topics().plans(), RUN, plan()));
            try (AggregatorService first = started(fleet, state, StoreKind.ROCKSDB)) {
                send(fleet, producer, 0, SAMPLES / 2);
                await().atMost(PATIENCE).untilAsserted(() -> assertScored(SAMPLES / 2));
                assertThat(first.ended()).isNotDone();
            }
            send(fleet, producer, SAMPLES / 4, SAMPLES); // a quarter of them once more
            var _ = producer.send(
                    new ProducerRecord<>(fleet.topics().results().name(), "poison", new byte[] {9, 9, 9}));

            try (AggregatorService second = started(fleet, state, StoreKind.ROCKSDB)) {
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(states.get("r1").getStatus()).isEqualTo(RunStatus.COMPLETED));
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(states.get(RUN).getDuplicates()).isEqualTo(SAMPLES / 4));
                assertScored(SAMPLES);
                Metric metric = metrics.get(Ids.metricKey(RUN, "exact_match", "none", ""));
                assertThat(metric.getN()).isEqualTo(SAMPLES);
                assertThat(metric.getValue()).isEqualTo(0.5);
                assertThat(deadLetter(fleet)).contains("value has 3 bytes");
                assertThat(second.ended()).isNotDone();
            }
        }
    }

    @Test
    void itWaitsForItsTopics(SharedBroker broker, @TempDir Path state) throws Exception {
        try (Fleet fleet = broker.fleet();
                AggregatorService aggregator = new AggregatorService(fleet, settings(state, StoreKind.MEMORY))) {
            aggregator.start();
            await().untilAsserted(() -> assertThat(aggregator.waitingFor())
                    .contains(fleet.topics().plans().name()));
            assertThat(aggregator.ready()).isFalse();

            fleet.ensure(fleet.topics().all());

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(aggregator.ready()).isTrue());
        }
    }

    private TopicFollower follow(Fleet fleet) {
        return new TopicFollower(fleet, "test")
                .on(fleet.topics().runs(), received -> {
                    if (received.value() != null) {
                        states.put(received.key(), received.value());
                    }
                })
                .on(fleet.topics().metrics(), received -> {
                    if (received.value() != null) {
                        metrics.put(received.key(), received.value());
                    }
                });
    }

    private void assertScored(long count) {
        assertThat(states).containsKey(RUN);
        assertThat(states.get(RUN).getScored()).isEqualTo(count);
    }

    private static AggregatorService started(Fleet fleet, Path state, StoreKind stores) {
        AggregatorService aggregator = new AggregatorService(fleet, settings(state, stores));
        aggregator.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(aggregator.ready()).isTrue());
        return aggregator;
    }

    private static AggregatorSettings settings(Path state, StoreKind stores) {
        return new AggregatorSettings(state, null, 1, 0, stores, Pace.standard(), AlertSettings.standard());
    }

    private static void send(Fleet fleet, Producer<String, byte[]> producer, int from, int to) {
        for (int position = from; position < to; position++) {
            SampleResult result = result(position);
            var _ = producer.send(
                    fleet.record(fleet.topics().results(), Ids.resultKey("data", result.getDocumentId()), result));
        }
        producer.flush();
    }

    private static String deadLetter(Fleet fleet) {
        List<TopicPartition> all = partitions(fleet);
        try (Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            reader.assign(all);
            reader.seekToBeginning(all);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<String, byte[]> letter : reader.poll(Duration.ofMillis(100))) {
                    return new String(
                            letter.headers().lastHeader(DeadLetters.CAUSE).value(), StandardCharsets.UTF_8);
                }
            }
        }
        return "";
    }

    private static List<TopicPartition> partitions(Fleet fleet) {
        String topic = fleet.topics().deadLetters().name();
        return IntStream.range(0, fleet.topics().deadLetters().partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private static RunPlan plan() {
        return RunPlan.newBuilder()
                .setStatus(PlanStatus.ACCEPTED)
                .setRequestId("r1")
                .setRunId(RUN)
                .setTask("add")
                .setModel("tiny")
                .setPool("tiny")
                .setRole(RunRole.CANDIDATE)
                .setPairGroup(Ids.pairGroup("r1", "add"))
                .setRequestRuns(List.of(RUN))
                .setExpectedSamples(SAMPLES)
                .setMetrics(List.of(MetricPlan.newBuilder()
                        .setMetric("exact_match")
                        .setFilter("none")
                        .setLower(0.0)
                        .setUpper(1.0)
                        .setFailureValue(0.0)
                        .build()))
                .setPlannedAt(Instant.now())
                .build();
    }

    private static SampleResult result(int position) {
        return SampleResult.newBuilder()
                .setRunId(RUN)
                .setRequestId("r1")
                .setTask("add")
                .setModel("tiny")
                .setDocumentId("doc-" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup(Ids.pairGroup("r1", "add"))
                .setDatasetFingerprint("data")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setScores(List.of(Score.newBuilder()
                        .setMetric("exact_match")
                        .setFilter("none")
                        .setValue(position % 2)
                        .build()))
                .setCompletedAt(Instant.now())
                .build();
    }
}
