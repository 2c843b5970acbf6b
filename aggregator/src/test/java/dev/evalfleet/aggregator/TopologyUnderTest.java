package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.streams.DeadLetterHandler;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/// The topology with everything around it replaced: what goes in, what comes out, and a clock that stands still.
final class TopologyUnderTest implements AutoCloseable {
    final Topics topics = Topics.standard();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    private final Topology topology;
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> results;
    private final TestOutputTopic<String, RunState> states;
    private final TestOutputTopic<String, Metric> metrics;
    private final TestOutputTopic<String, byte[]> letters;
    private final Map<String, RunState> latestStates = new LinkedHashMap<>();
    private final Map<String, Metric> latestMetrics = new LinkedHashMap<>();
    private final TestOutputTopic<String, Alert> alerts;
    private final TestOutputTopic<String, RunControl> controls;
    private final List<Alert> raised = new ArrayList<>();
    private final List<RunControl> asked = new ArrayList<>();
    private final List<String> writes = new ArrayList<>();

    private TopologyUnderTest(Pace pace) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "under-test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        // The driver forgets dead letters that it has not committed yet under exactly-once; real brokers do not.
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        config.put("processing.exception.handler.global.enabled", true);
        config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        config.put(DeadLetterHandler.TOPIC, topics.deadLetters().name());
        Wiring wiring = new Wiring(
                topics, registry, StoreKind.MEMORY, pace, AlertSettings.standard(), new AggregatorMeters(meters));
        topology = new EvalTopology(wiring).build(config);
        driver = new TopologyTestDriver(topology, config, Fixtures.START);
        results = input(topics.results().name());
        states = output(topics.runs());
        metrics = output(topics.metrics());
        letters = output(topics.deadLetters());
        alerts = output(topics.alerts());
        controls = output(topics.control());
    }

    static TopologyUnderTest start() {
        return with(Pace.standard());
    }

    static TopologyUnderTest with(Pace pace) {
        return new TopologyUnderTest(pace);
    }

    Topology topology() {
        return topology;
    }

    void plans(RunPlan... plans) {
        for (RunPlan plan : plans) {
            send(topics.plans(), plan.getRunId(), plan);
        }
    }

    void receives(SampleResult... some) {
        for (SampleResult result : some) {
            receives(result, Fixtures.START);
        }
    }

    void receives(SampleResult result, Instant at) {
        results.pipeInput(
                Ids.resultKey(result.getDatasetFingerprint(), result.getDocumentId()),
                bytes(topics.results(), result),
                at);
    }

    void receivesBytes(String key, byte[] value) {
        results.pipeInput(key, value, Fixtures.START);
    }

    void controls(String id, ControlAction action) {
        controls(id, action, "enough seen");
    }

    void controls(String id, ControlAction action, String reason) {
        send(
                topics.control(),
                id,
                RunControl.newBuilder()
                        .setId(id)
                        .setAction(action)
                        .setReason(reason)
                        .setBy("kim")
                        .setAt(Fixtures.START)
                        .build());
    }

    void dispatched(String runId, long next, Long... lost) {
        send(
                topics.dispatch(),
                runId,
                DispatchCursor.newBuilder()
                        .setRunId(runId)
                        .setPool("tiny")
                        .setNextPosition(next)
                        .setLost(List.of(lost))
                        .setUpdatedAt(Fixtures.START)
                        .build());
    }

    void passes(Duration time) {
        driver.advanceWallClockTime(time);
    }

    void ticks() {
        passes(Duration.ofMillis(500));
    }

    /// The newest state of a run or request.
    RunState state(String id) {
        drain();
        return Objects.requireNonNull(latestStates.get(id), () -> "nothing was said of " + id);
    }

    boolean saidOf(String id) {
        drain();
        return latestStates.containsKey(id);
    }

    Metric metric(String runId) {
        return metric(runId, "");
    }

    Metric metric(String runId, String slice) {
        drain();
        String key = Ids.metricKey(runId, "exact_match", "none", slice);
        return Objects.requireNonNull(latestMetrics.get(key), () -> "no metric " + key);
    }

    boolean saidOf(String runId, String slice) {
        drain();
        return latestMetrics.containsKey(Ids.metricKey(runId, "exact_match", "none", slice));
    }

    /// Keys written to runs and metrics since it was last asked.
    List<String> writes() {
        drain();
        List<String> since = List.copyOf(writes);
        writes.clear();
        return since;
    }

    /// Every alert so far.
    List<Alert> alerts() {
        raised.addAll(alerts.readValuesToList());
        return raised;
    }

    /// What the aggregator asked of runs so far.
    List<RunControl> asked() {
        asked.addAll(controls.readValuesToList());
        return asked;
    }

    /// The rows of a store as they are written, in hex.
    <V> Map<String, String> bytes(String store, Codec<V> codec) {
        Map<String, String> found = new LinkedHashMap<>();
        try (var rows = driver.<String, V>getKeyValueStore(store).all()) {
            rows.forEachRemaining(row -> found.put(row.key, HexFormat.of().formatHex(codec.toBytes(row.value))));
        }
        return found;
    }

    /// Origin and cause of each dead letter.
    Map<String, String> deadLetters() {
        Map<String, String> causes = new LinkedHashMap<>();
        for (TestRecord<String, byte[]> letter : letters.readRecordsToList()) {
            causes.put(header(letter, DeadLetters.ORIGIN), header(letter, DeadLetters.CAUSE));
        }
        return causes;
    }

    <T> List<String> keysIn(String store) {
        List<String> keys = new ArrayList<>();
        try (var rows = driver.<String, T>getKeyValueStore(store).all()) {
            rows.forEachRemaining(row -> keys.add(row.key));
        }
        return keys;
    }

    @Override
    public void close() {
        driver.close();
    }

    private void drain() {
        states.readKeyValuesToList().forEach(state -> {
            latestStates.put(state.key, state.value);
            writes.add(state.key);
        });
        metrics.readKeyValuesToList().forEach(metric -> {
            latestMetrics.put(metric.key, metric.value);
            writes.add(metric.key);
        });
    }

    private <V> void send(Topic<V> topic, String key, V value) {
        input(topic.name()).pipeInput(key, bytes(topic, value), Fixtures.START);
    }

    private <V> byte[] bytes(Topic<V> topic, V value) {
        return topic.serde(registry).serializer().serialize(topic.name(), value);
    }

    private TestInputTopic<String, byte[]> input(String topic) {
        return driver.createInputTopic(
                topic, new StringSerializer(), Serdes.ByteArray().serializer());
    }

    private <V> TestOutputTopic<String, V> output(Topic<V> topic) {
        return driver.createOutputTopic(
                topic.name(),
                Serdes.String().deserializer(),
                topic.serde(registry).deserializer());
    }

    private static String header(TestRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
