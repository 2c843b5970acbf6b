package dev.evalfleet.local.fleet;

import dev.evalfleet.runtime.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a local fleet is made of: the same settings that the processes read, for all of them together.
///
/// @param dataDir null: a temporary folder that goes away with the fleet
/// @param sections `topics`, `producer`, `aggregator` and `dashboard`, given what only the running fleet knows, as
/// variables
/// @param workers the section `worker` of each worker that runs in this JVM
public record LocalFleetSettings(
        @Nullable Path dataDir, Ports ports, Function<Map<String, String>, Settings> sections, List<Settings> workers) {

    /// A broker for one user needs few partitions: one worker more than this per pool would be idle.
    private static final int SAMPLE_PARTITIONS = 4;

    private static final String KEEPING_UP = "20ms";

    public LocalFleetSettings {
        workers = List.copyOf(workers);
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
    /// @param window samples on the pool's topic at most; null: what the producer thinks best
    public record Feed(int concurrency, @Nullable Integer window) {
        public static Feed of(int concurrency) {
            return new Feed(concurrency, null);
        }

        /// Little on the topic, so that a run that is stopped saves most of what is left of it.
        public static Feed of(int concurrency, int window) {
            return new Feed(concurrency, window);
        }
    }

    /// A pool for each model, with `workers` workers each.
    public static LocalFleetSettings of(Place place, List<ModelSpec> models, int workers, Feed feed) {
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
        producer.put("inline-data-dirs", producer.get("task-dirs")); // the user's own machine, and own files
        producer.put("pools", pools);
        if (feed.window() != null) {
            producer.put("dispatch", Map.of("tick", KEEPING_UP)); // a small window is empty soon
        }
        Map<String, Object> sections = Map.of(
                "topics",
                Map.of("sample-partitions", SAMPLE_PARTITIONS),
                "producer",
                producer,
                "dashboard",
                Map.of("port", String.valueOf(place.ports().dashboard())));
        return new LocalFleetSettings(
                place.dataDir(), place.ports(), variables -> Settings.of(sections, variables), workerSettings);
    }

    /// As a configuration file says it: `producer.pools`, and a `worker` section for workers in this JVM, if any.
    public static LocalFleetSettings load(Place place, Path file, int workers, Map<String, String> environment) {
        Settings read = Settings.load(file, environment);
        Map<String, String> known = new LinkedHashMap<>(environment);
        if (place.ports().dashboard() != 0 || !read.section("dashboard").has("port")) {
            known.put("EVALFLEET_DASHBOARD_PORT", String.valueOf(place.ports().dashboard()));
        }
        if (!read.section("producer").has("task-dirs")) {
            known.put(
                    "EVALFLEET_PRODUCER_TASK_DIRS",
                    String.join(
                            ",", place.taskDirs().stream().map(Path::toString).toList()));
        }
        if (!read.section("topics").has("sample-partitions")) {
            known.put("EVALFLEET_TOPICS_SAMPLE_PARTITIONS", String.valueOf(SAMPLE_PARTITIONS));
        }
        List<Settings> workerSettings = new ArrayList<>();
        for (int number = 1; number <= (read.has("worker") ? workers : 0); number++) {
            workerSettings.add(Settings.load(file, environment));
        }
        Function<Map<String, String>, Settings> sections = variables -> {
            Map<String, String> all = new LinkedHashMap<>(variables);
            all.putAll(known);
            return Settings.load(file, all);
        };
        return new LocalFleetSettings(place.dataDir(), place.ports(), sections, workerSettings);
    }

    private static Map<String, Object> pool(ModelSpec model, int workers, Feed feed) {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", model.pool());
        pool.put("models", List.of(model.name()));
        pool.put("concurrency", feed.concurrency());
        pool.put("max-replicas", Math.clamp(workers, 1, SAMPLE_PARTITIONS));
        Integer window = feed.window();
        if (window != null) {
            pool.put("lag-threshold", Math.max(1, window / Math.clamp(workers, 1, SAMPLE_PARTITIONS)));
            pool.put("low-mark", window);
            pool.put("high-mark", window);
        }
        return pool;
    }

    private static Settings worker(ModelSpec model, int number, Feed feed) {
        String name = model.pool() + "-" + number;
        Map<String, Object> served =
                model.with("concurrency", feed.concurrency()).settings();
        return Settings.of(Map.of("worker", Map.of("pool", model.pool(), "name", name, "models", List.of(served))));
    }
}
