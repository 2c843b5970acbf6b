package dev.evalfleet.local.interop;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Producer, a worker per model and aggregator, each connected as a process of its own would be, on a broker and a
/// registry of the test's choice. The models are scripted: `tinygpt-v1` is good and `tinygpt-v2` is not.
final class ServiceFleet implements AutoCloseable {
    private static final Map<String, String> ACCURACIES = Map.of("tinygpt-v1", "0.95", "tinygpt-v2", "0.5");

    private final Map<String, Object> connection;
    private final Path folder;
    private final Deque<Runnable> parts = new ArrayDeque<>();

    private ServiceFleet(Map<String, Object> connection, Path folder) {
        this.connection = connection;
        this.folder = folder;
    }

    /// @param connection the sections `kafka`, `registry` and `topics`
    static ServiceFleet start(Map<String, Object> connection, Path folder) throws Exception {
        ServiceFleet fleet = new ServiceFleet(connection, folder);
        try {
            fleet.startProducer();
            fleet.startAggregator();
            for (String model : ACCURACIES.keySet()) {
                fleet.startWorker(model);
            }
            return fleet;
        } catch (Exception e) {
            fleet.close();
            throw e;
        }
    }

    /// Sections `kafka`, `registry` and `topics`.
    static Map<String, Object> connection(String bootstrapServers, String registryUrl, String prefix) {
        return Map.of(
                "kafka", Map.of("bootstrap-servers", bootstrapServers),
                "registry", Map.of("urls", registryUrl),
                "topics", Map.of("prefix", prefix, "sample-partitions", "4"));
    }

    /// One more connection, as a user has it.
    FleetClient client() {
        return FleetClient.of(Fleet.connect(Settings.of(connection)));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().run();
        }
    }

    private void startProducer() throws Exception {
        List<Map<String, Object>> pools = ACCURACIES.keySet().stream()
                .<Map<String, Object>>map(model -> Map.of("name", model, "models", List.of(model), "concurrency", 8))
                .toList();
        Settings settings = settings(
                "producer",
                Map.of(
                        "task-dirs",
                        Home.find().tasks().toString(),
                        "spool-dir",
                        folder.resolve("spool").toString(),
                        "pools",
                        pools));
        start(new ProducerService(connect(settings), ProducerSettings.from(settings)));
    }

    private void startWorker(String model) throws Exception {
        Map<String, Object> scripted = Map.of(
                "name",
                model,
                "backend",
                "scripted",
                "accuracy",
                ACCURACIES.get(model),
                "latency",
                "2ms",
                "concurrency",
                8);
        Settings settings =
                settings("worker", Map.of("pool", model, "name", "w-" + model, "models", List.of(scripted)));
        start(new WorkerService(connect(settings), WorkerSettings.from(settings)));
    }

    private void startAggregator() throws Exception {
        Settings settings = settings(
                "aggregator", Map.of("state-dir", folder.resolve("aggregator").toString(), "stores", "memory"));
        start(new AggregatorService(connect(settings), AggregatorSettings.from(settings)));
    }

    private Settings settings(String section, Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(connection);
        all.put(section, own);
        return Settings.of(all);
    }

    private Fleet connect(Settings settings) {
        Fleet fleet = Fleet.connect(settings);
        parts.push(fleet::close);
        return fleet;
    }

    private void start(Service service) throws Exception {
        parts.push(service::close);
        service.start();
    }
}
