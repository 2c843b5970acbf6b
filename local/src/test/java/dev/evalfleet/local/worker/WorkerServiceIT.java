package dev.evalfleet.local.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.GenerationParams;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.worker.ModelSettings;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import dev.evalfleet.worker.inference.BackendSettings;
import dev.evalfleet.worker.inference.djl.DjlSettings;
import dev.evalfleet.worker.inference.openai.OpenAiSettings;
import dev.evalfleet.worker.inference.scripted.ScriptedSettings;
import dev.evalfleet.worker.model.RetrySettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Workers on a real broker: shared work, handing over, draining, poison and cancelled runs.
@ExtendWith(SharedBroker.Extension.class)
@Timeout(120)
class WorkerServiceIT {

    private static final String POOL = "pool";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void samplesAreAnsweredOnceThoughWorkersComeAndGo(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            int samples = 600;
            publish(fleet, samples);
            WorkerService first = started(fleet, "w1", slow());
            await().atMost(PATIENCE).until(() -> results(fleet).size() > 50);
            WorkerService second = started(fleet, "w2", slow());
            await().atMost(PATIENCE).until(() -> results(fleet).stream()
                    .anyMatch(result -> result.getWorker().equals("w2")));
            first.close();
            WorkerService third = started(fleet, "w3", slow());

            await().atMost(PATIENCE).until(() -> documents(results(fleet)).size() == samples);
            await().atMost(PATIENCE).until(() -> lag(fleet) == 0);
            second.close();
            third.close();

            // Handing over without a crash repeats only what was under way when partitions moved.
            assertThat(results(fleet)).hasSizeLessThan(samples + 2 * 64);
            assertThat(results(fleet)).allMatch(result -> result.getStatus() == SampleStatus.SCORED);
        }
    }

    @Test
    void drainingFinishesWhatIsUnderWayAndRepeatsNothing(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            publish(fleet, 200);
            WorkerService first = started(fleet, "w1", slow());
            await().atMost(PATIENCE).until(() -> results(fleet).size() > 20);
            first.close();
            int done = results(fleet).size();
            assertThat(done).isLessThan(200);

            WorkerService second = started(fleet, "w2", slow());
            await().atMost(PATIENCE).until(() -> lag(fleet) == 0);
            second.close();
            assertThat(documents(results(fleet))).hasSize(200);
            assertThat(results(fleet)).hasSize(200);
        }
    }

    @Test
    void poisonGoesToDeadLettersAndTheRestGoesOn(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            String topic = fleet.topics().samples(POOL).name();
            try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
                var _ = producer.send(new ProducerRecord<>(topic, 0, "k", "garbage".getBytes(StandardCharsets.UTF_8)));
                var _ = producer.send(new ProducerRecord<>(topic, 0, "k", new byte[] {0, 0, 0, 99, 99, 1, 2}));
                var _ = producer.send(new ProducerRecord<>(topic, 0, "k", new byte[3 << 20]));
                var _ = producer.send(fleet.tombstone(fleet.topics().samples(POOL), "k"));
            }
            publish(fleet, 20);
            WorkerService worker = started(fleet, "w1", ScriptedSettings.perfect("model"));
            await().atMost(PATIENCE).until(() -> lag(fleet) == 0);
            worker.close();

            assertThat(results(fleet)).hasSize(20);
            assertThat(read(fleet, fleet.topics().deadLetters())).hasSize(4).allSatisfy(letter -> {
                assertThat(header(letter, DeadLetters.CAUSE)).isNotBlank();
                assertThat(header(letter, DeadLetters.ORIGIN)).startsWith(topic + "-");
            });
        }
    }

    @Test
    void aCancelledRunIsSkippedAndItsCallsAreGivenUp(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            publish(fleet, 300);
            WorkerService worker = started(
                    fleet, "w1", new ScriptedSettings("model", "{target}", 1, Duration.ofMinutes(5), 0, Map.of(), 0));
            await().atMost(PATIENCE)
                    .until(() ->
                            fleet.meters().get("llm.active.requests").gauge().value() > 0);
            try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
                var _ = producer.send(fleet.record(
                        fleet.topics().control(),
                        "request",
                        RunControl.newBuilder()
                                .setId("request")
                                .setAction(ControlAction.CANCEL)
                                .setAt(Instant.now())
                                .build()));
            }

            await().atMost(PATIENCE).until(() -> lag(fleet) == 0);
            worker.close();
            assertThat(results(fleet)).isEmpty();
        }
    }

    @Test
    void aTinyModelIsAskedThroughDjl(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            publish(fleet, 30);
            Path model = Path.of(Objects.requireNonNull(System.getProperty("evalfleet.home"), "evalfleet.home"))
                    .resolve("local/models/tinygpt-v1");
            WorkerService worker = started(fleet, "w1", DjlSettings.of(model));
            await().atMost(PATIENCE).until(() -> lag(fleet) == 0);
            worker.close();

            assertThat(results(fleet)).hasSize(30).allSatisfy(result -> {
                assertThat(result.getStatus()).isEqualTo(SampleStatus.SCORED);
                assertThat(result.getOutputTokens()).isPositive();
            });
        }
    }

    @Test
    void aWorkerWhoseModelIsNotThereTakesNoWorkAndSaysWhy(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker)) {
            publish(fleet, 5);
            WorkerService worker = new WorkerService(
                    fleet, settings("w1", OpenAiSettings.of("model", URI.create("http://127.0.0.1:1/v1"), null)));
            worker.start();
            await().atMost(PATIENCE).until(() -> worker.waitingFor().contains("is the model server running?"));

            assertThat(worker.ready()).isFalse();
            worker.close();
            assertThat(results(fleet)).isEmpty();
        }
    }

    @Test
    void aModelThatCannotBeOpenedIsOneSentence(SharedBroker broker) throws Exception {
        try (Fleet fleet = prepared(broker);
                WorkerService worker = new WorkerService(fleet, settings("w1", DjlSettings.of(Path.of("/nowhere"))))) {
            assertThatThrownBy(worker::start)
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining("model 'model'")
                    .hasMessageContaining("/nowhere");
        }
    }

    private static Fleet prepared(SharedBroker broker) {
        Fleet fleet = broker.fleet();
        fleet.ensure(List.of(
                fleet.topics().samples(POOL),
                fleet.topics().results(),
                fleet.topics().control(),
                fleet.topics().deadLetters()));
        return fleet;
    }

    private static ScriptedSettings slow() {
        return new ScriptedSettings("model", "{target}", 1, Duration.ofMillis(40), 0.5, Map.of(), 0);
    }

    private static WorkerSettings settings(String name, BackendSettings backend) {
        RetrySettings retries = new RetrySettings(
                3, Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMillis(100), Duration.ofSeconds(1), 0.2);
        return new WorkerSettings(
                POOL,
                name,
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                32,
                WorkerSettings.MAX_IN_FLIGHT_BYTES,
                Capture.FULL,
                List.of(new ModelSettings("model", 8, retries, backend)));
    }

    private static WorkerService started(Fleet fleet, String name, BackendSettings backend) {
        WorkerService worker = new WorkerService(fleet, settings(name, backend));
        worker.start();
        await().atMost(PATIENCE).until(worker::ready);
        return worker;
    }

    private static void publish(Fleet fleet, int count) {
        Topic<Sample> topic = fleet.topics().samples(POOL);
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                Sample sample = sample("d" + i, i);
                var _ = producer.send(
                        fleet.record(topic, Ids.sampleKey(sample.getRunId(), sample.getDocumentId()), sample));
            }
        }
    }

    private static Sample sample(String documentId, int position) {
        return Sample.newBuilder()
                .setRunId("request/task/model")
                .setRequestId("request")
                .setTask("task")
                .setModel("model")
                .setDocumentId(documentId)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("request/task")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setPrompt("12+34=")
                .setTargets(List.of("46"))
                .setMetrics(List.of(new SampleMetric("exact_match", "{}")))
                .setGeneration(GenerationParams.newBuilder()
                        .setUntil(List.of("\n"))
                        .setMaxTokens(8)
                        .build())
                .setCreatedAt(Instant.now())
                .build();
    }

    private static List<SampleResult> results(Fleet fleet) {
        List<SampleResult> results = new ArrayList<>();
        read(fleet, fleet.topics().results())
                .forEach(found -> results.add(fleet.decode(fleet.topics().results(), found.value())));
        return results;
    }

    private static List<String> documents(List<SampleResult> results) {
        return results.stream().map(SampleResult::getDocumentId).distinct().toList();
    }

    private static List<ConsumerRecord<String, byte[]>> read(Fleet fleet, Topic<?> topic) {
        List<ConsumerRecord<String, byte[]>> read = new ArrayList<>();
        try (Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                reader.poll(Duration.ofMillis(100)).forEach(read::add);
            }
        }
        return read;
    }

    private static long lag(Fleet fleet) throws Exception {
        String topic = fleet.topics().samples(POOL).name();
        try (Admin admin = fleet.kafka().admin();
                Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            Map<TopicPartition, Long> committed = new HashMap<>();
            admin.listConsumerGroupOffsets(fleet.topics().workers(POOL))
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> committed.put(partition, offset.offset()));
            return reader
                    .endOffsets(reader.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList())
                    .entrySet()
                    .stream()
                    .mapToLong(end -> end.getValue() - committed.getOrDefault(end.getKey(), 0L))
                    .sum();
        }
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
