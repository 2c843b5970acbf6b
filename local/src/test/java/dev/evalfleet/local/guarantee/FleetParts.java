package dev.evalfleet.local.guarantee;

import static org.awaitility.Awaitility.await;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.ResultReader;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A fleet on the shared broker whose parts a test starts and stops one by one. It has one pool `p`, for the model
/// `m`.
final class FleetParts implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final SharedBroker broker;
    private final Path folder;
    private final Fleet fleet;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private FleetClient.@Nullable Following following;

    FleetParts(SharedBroker broker, Path folder) {
        this.broker = broker;
        this.folder = folder;
        this.fleet = broker.fleet();
    }

    Fleet fleet() {
        return fleet;
    }

    /// @param pool settings of the pool besides its name and model
    ProducerService producer(Map<String, Object> pool, Map<String, Object> dispatch) throws Exception {
        ProducerService producer =
                new ProducerService(another(), ProducerSettings.from(Settings.of(producerSections(pool, dispatch))));
        producer.start();
        parts.push(producer);
        return producer;
    }

    Map<String, Object> producerSections(Map<String, Object> pool, Map<String, Object> dispatch) {
        Map<String, Object> all = new HashMap<>(Map.of("name", "p", "models", List.of("m")));
        all.putAll(pool);
        return Map.of(
                "topics",
                Map.of("prefix", fleet.topics().prefix(), "sample-partitions", 4),
                "producer",
                Map.of(
                        "task-dirs",
                        List.of(Home.find().tasks().toString()),
                        "spool-dir",
                        folder.resolve("spool-" + parts.size()).toString(),
                        "pools",
                        List.of(all),
                        "dispatch",
                        dispatch));
    }

    void aggregator() throws Exception {
        fleet.ensure(fleet.topics().all());
        AggregatorService aggregator = new AggregatorService(
                another(),
                AggregatorSettings.from(Settings.of(Map.of(
                        "aggregator",
                        Map.of(
                                "state-dir",
                                folder.resolve("state").toString(),
                                "stores",
                                "memory",
                                "tick",
                                "100ms")))));
        aggregator.start();
        parts.push(aggregator);
        FleetClient.Following started = FleetClient.of(another()).follow(_ -> true);
        parts.push(started);
        following = started;
    }

    /// @param script settings of the scripted model
    WorkerService worker(String name, Map<String, Object> script) {
        Map<String, Object> model = new HashMap<>(Map.of("name", "m", "backend", "scripted"));
        model.putAll(script);
        WorkerService worker = new WorkerService(
                another(),
                WorkerSettings.from(
                        Settings.of(Map.of("worker", Map.of("pool", "p", "name", name, "models", List.of(model))))));
        worker.start();
        parts.push(worker);
        return worker;
    }

    void submit(EvalRequest.Builder request) {
        FleetClient client = FleetClient.of(another());
        client.submit(request.setModels(List.of("m")).build());
        client.close();
    }

    FleetPicture picture() {
        return Objects.requireNonNull(following, "start the aggregator first").picture();
    }

    RunState state(String id) {
        return picture().state(id).orElseThrow(() -> new AssertionError("no state of " + id));
    }

    /// Waits until a run or request is over.
    RunState ended(String id) {
        await().atMost(PATIENCE).until(() -> picture()
                .state(id)
                .filter(state -> FleetPicture.isOver(state.getStatus()))
                .isPresent());
        return state(id);
    }

    List<SampleResult> results(RunState run) {
        List<SampleResult> results = new ArrayList<>();
        new ResultReader(fleet).read(List.of(run), results::add);
        return results;
    }

    /// Runs `evalfleet` with these arguments against this fleet.
    CommandRun command(String... arguments) throws IOException {
        String[] all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--config", config(Map.of()).toString()))
                .toArray(String[]::new);
        return CommandRun.of(all);
    }

    /// A configuration file for a process that joins this fleet, as JSON, which is YAML too.
    Path config(Map<String, Object> sections) throws IOException {
        Map<String, Object> all = new HashMap<>(broker.settings(fleet.topics().prefix()));
        all.putAll(sections);
        return Files.writeString(
                Files.createTempFile(folder, "config", ".yaml"),
                new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(all));
    }

    /// Every part has connections of its own, as every process has.
    private Fleet another() {
        Fleet own = broker.fleet(fleet.topics().prefix());
        parts.push(own);
        return own;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        fleet.close();
    }
}
