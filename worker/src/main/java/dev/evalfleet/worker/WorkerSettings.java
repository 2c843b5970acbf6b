package dev.evalfleet.worker;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.schemas.avro.Capture;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What one worker process does.
///
/// @param pool whose samples it reads
/// @param name how results and logs call it
/// @param drainTimeout how long samples under way may take once it is told to stop
/// @param startTimeout how long it waits for its models before it gives up
/// @param maxInFlight most samples read and not finished
/// @param maxInFlightBytes most bytes of their records; one fetch may overshoot it
/// @param capture most text that results of this worker hold, whatever a request asks for
public record WorkerSettings(
        String pool,
        String name,
        Duration drainTimeout,
        Duration startTimeout,
        int maxInFlight,
        long maxInFlightBytes,
        Capture capture,
        List<ModelSettings> models) {

    public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration START_TIMEOUT = Duration.ofMinutes(15);
    /// 64 MiB: sixteen records of the largest size, or all that are in flight of the usual few kilobytes.
    public static final long MAX_IN_FLIGHT_BYTES = 64L << 20;

    public WorkerSettings {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("worker.models must name at least one model");
        }
        Set<String> names = new HashSet<>();
        for (ModelSettings model : models) {
            if (!names.add(model.name())) {
                throw new IllegalArgumentException("worker.models names '" + model.name() + "' twice");
            }
        }
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("worker.max-in-flight must be at least 1, was " + maxInFlight);
        }
        if (maxInFlightBytes < 1) {
            throw new IllegalArgumentException(
                    "worker.max-in-flight-bytes must be at least 1, was " + maxInFlightBytes);
        }
        if (drainTimeout.isNegative() || startTimeout.isNegative()) {
            throw new IllegalArgumentException("worker.drain-timeout and worker.start-timeout must not be negative");
        }
    }

    /// A worker of the pool with everything else as it is by default.
    public static WorkerSettings of(String pool, String name, List<ModelSettings> models) {
        return new WorkerSettings(
                pool,
                name,
                DRAIN_TIMEOUT,
                START_TIMEOUT,
                inFlightFor(models),
                MAX_IN_FLIGHT_BYTES,
                Capture.FULL,
                models);
    }

    /// Reads the section `worker`.
    public static WorkerSettings from(Settings settings) {
        Settings worker = settings.section("worker");
        String pool = worker.string("pool");
        String name = worker.string("name", defaultName());
        Duration drainTimeout = worker.duration("drain-timeout", DRAIN_TIMEOUT);
        Duration startTimeout = worker.duration("start-timeout", START_TIMEOUT);
        List<ModelSettings> models =
                worker.sections("models").stream().map(ModelSettings::from).toList();
        int maxInFlight = worker.integer("max-in-flight", inFlightFor(models));
        long maxInFlightBytes = worker.whole("max-in-flight-bytes", MAX_IN_FLIGHT_BYTES);
        String capture = worker.string("capture", "full");
        return worker.build(() -> new WorkerSettings(
                pool, name, drainTimeout, startTimeout, maxInFlight, maxInFlightBytes, capture(capture), models));
    }

    /// Bytes of one fetch: what a poll may bring more than there is room for.
    int fetchBytes() {
        return (int) Math.clamp(maxInFlightBytes / 4, KafkaConfig.MAX_RECORD_BYTES, MAX_IN_FLIGHT_BYTES);
    }

    // Enough that a model never waits for samples to be read.
    private static int inFlightFor(List<ModelSettings> models) {
        return Math.max(
                16, 2 * models.stream().mapToInt(ModelSettings::concurrency).sum());
    }

    private static Capture capture(String name) {
        return switch (name) {
            case "full" -> Capture.FULL;
            case "hash" -> Capture.HASH;
            case "none" -> Capture.NONE;
            default ->
                throw new IllegalArgumentException(
                        "worker.capture must be full, hash or none, but is \"" + name + "\"");
        };
    }

    private static String defaultName() {
        String host = System.getenv().getOrDefault("HOSTNAME", "worker");
        return host + "-" + ProcessHandle.current().pid();
    }
}
