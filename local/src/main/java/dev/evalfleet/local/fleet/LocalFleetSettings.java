package dev.evalfleet.local.fleet;

import dev.evalfleet.runtime.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a local fleet is made of: the same settings that the processes read, for all of them together.
///
/// @param dataDir null: a temporary folder that goes away with the fleet
/// @param tree sections `topics`, `producer`, `aggregator` and `dashboard`
/// @param workers the section `worker` of each worker that runs in this JVM
public record LocalFleetSettings(@Nullable Path dataDir, Ports ports, Settings tree, List<Settings> workers) {

    /// A broker for one user needs few partitions: one worker more than this per pool would be idle.
    private static final int SAMPLE_PARTITIONS = 4;

    public LocalFleetSettings {
        workers = List.copyOf(workers);
    }

    /// A pool for each model, with `workers` workers each.
    public static LocalFleetSettings of(
            Place place, List<ModelSpec> models, int workers, Feed feed) {
        List<Map<String, Object>> pools = new ArrayList<>();
        List<Settings> workerSettings = new ArrayList<>();
        for (ModelSpec model : models) {
            pools.add(pool(model, workers, feed));
            for (int number = 1; number <= workers; number++) {
                workerSettings.add(worker(model, number, feed));
            }
        }
        Map<String, Object> producer = new LinkedHashMap<>();
        producer.put("task-dirs", place.taskDirs().stream().map(Path::toString).toList());
        producer.put("pools", pools);
        Settings tree = Settings.of(
                Map.of("producer", producer, "dashboard", Map.of("port", place.ports().dashboard())));
        return new LocalFleetSettings(place.dataDir(), place.ports(), tree, workerSettings);
    }

    /// As a configuration file says it: `producer.pools`, and a `worker` section for workers in this JVM, if any.
    public static LocalFleetSettings load(Place place, Path file, int workers, Map<String, String> variables) {
        Map<String, String> environment = new LinkedHashMap<>(variables);
        environment.putIfAbsent("EVALFLEET_DASHBOARD_PORT", String.valueOf(place.ports().dashboard()));
        List<Settings> workerSettings = new ArrayList<>();
        boolean hasWorker = Settings.load(file, environment).has("worker");
        for (int number = 1; number <= (hasWorker ? workers : 0); number++) {
            workerSettings.add(Settings.load(file, environment));
        }
        return new LocalFleetSettings(place.dataDir(), place.ports(), Settings.load(file, environment), workerSettings);
    }

    int samplePartitions() {
        return SAMPLE_PARTITIONS;
    }

    /// Where things are.
    ///
    /// @param dataDir null: a temporary folder
    public record Place(@Nullable Path dataDir, List<Path> taskDirs, Ports ports) {}

    /// Where it listens; 0 picks a free port.
    public record Ports(int broker, int registry, int dashboard) {}

    /// How much work a pool holds at a time.
    ///
    /// @param concurrency samples a worker runs at once
    /// @param lowMark null: what the producer thinks best
    public record Feed(int concurrency, @Nullable Integer lowMark, @Nullable Integer highMark) {
        public static Feed of(int concurrency) {
            return new Feed(concurrency, null, null);
        }
    }

    private static Map<String, Object> pool(ModelSpec model, int workers, Feed feed) {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", model.pool());
        pool.put("models", List.of(model.name()));
        pool.put("concurrency", feed.concurrency());
        pool.put("max-replicas", Math.max(1, Math.min(workers, SAMPLE_PARTITIONS)));
        if (feed.lowMark() != null && feed.highMark() != null) {
            pool.put("low-mark", feed.lowMark());
            pool.put("high-mark", feed.highMark());
        }
        return pool;
    }

    private static Settings worker(ModelSpec model, int number, Feed feed) {
        return Settings.of(Map.of(
                "worker",
                Map.of("pool", model.pool(), "name", model.pool() + "-" + number, "models", List.of(model.settings()))));
    }
}
