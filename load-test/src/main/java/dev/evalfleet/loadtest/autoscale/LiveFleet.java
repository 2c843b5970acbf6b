package dev.evalfleet.loadtest.autoscale;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.loadtest.model.TaskFolder;
import dev.evalfleet.loadtest.process.Backbone;
import dev.evalfleet.loadtest.process.JavaCommand;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Patience;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/// Broker, registry, producer and aggregator as processes of this machine; workers are the autoscaler's.
final class LiveFleet implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TOPICS = Duration.ofMinutes(4);

    private final Path folder;
    private final LiveModel model;
    private final Backbone backbone;
    private final List<Member> members;
    private final Fleet fleet;

    private LiveFleet(Path folder, LiveModel model, Backbone backbone) throws IOException {
        this.folder = folder;
        this.model = model;
        this.backbone = backbone;
        TaskFolder.write(folder.resolve("tasks"), LiveModel.TASK, model.samples());
        Member producer = member("producer", Role.PRODUCER, producer());
        Member aggregator = member(
                "aggregator",
                Role.AGGREGATOR,
                Map.of(
                        "state-dir",
                        folder.resolve("aggregator").resolve("state").toString()));
        this.members = List.of(producer, aggregator);
        this.fleet = Fleet.connect(Settings.of(connection()));
    }

    /// Starts everything but workers, and waits until the pool's topic is there.
    static LiveFleet start(Path folder, LiveModel model) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Backbone backbone = Backbone.start(folder);
        LiveFleet fleet = null;
        try {
            fleet = new LiveFleet(folder, model, backbone);
            fleet.members.forEach(Member::start);
            if (!Patience.until(TOPICS, fleet::hasTopic)) {
                throw new IllegalStateException(
                        "the producer did not create the pool's topic within " + TOPICS + "; see " + folder);
            }
            return fleet;
        } catch (RuntimeException | IOException | InterruptedException e) {
            if (fleet == null) {
                backbone.close();
            } else {
                fleet.close();
            }
            throw e;
        }
    }

    Fleet fleet() {
        return fleet;
    }

    /// A worker of the pool, not started yet.
    Member worker(String name) {
        Map<String, Object> scripted = Map.of(
                "name",
                LiveModel.MODEL,
                "backend",
                "scripted",
                "concurrency",
                model.concurrency(),
                "latency",
                model.latency().toMillis() + "ms",
                "latency-sigma",
                model.latencySigma(),
                "seed",
                model.seed());
        try {
            return member(
                    name,
                    Role.WORKER,
                    Map.of(
                            "pool",
                            LiveModel.POOL,
                            "name",
                            name,
                            "drain-timeout",
                            model.drain().toMillis() + "ms",
                            "models",
                            List.of(scripted)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void submit() throws InterruptedException {
        EvalRequest request = EvalRequest.newBuilder()
                .setRequestId(LiveModel.REQUEST)
                .setTasks(List.of(LiveModel.TASK))
                .setModels(List.of(LiveModel.MODEL))
                .build();
        try (var producer = fleet.kafka().producer(Map.of())) {
            producer.send(fleet.record(fleet.topics().requests(), LiveModel.REQUEST, request))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take the request: " + e.getCause(), e);
        }
    }

    private Map<String, Object> producer() {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", LiveModel.POOL);
        pool.put("models", List.of(LiveModel.MODEL));
        pool.put("concurrency", model.concurrency());
        pool.put("lag-threshold", model.pool().trigger().lagThreshold());
        pool.put("max-replicas", model.pool().maxReplicas());
        pool.put("routing", model.feed().routing().label());
        if (!model.feed().adaptive()) {
            pool.put("low-mark", model.feed().lowMark());
            pool.put("high-mark", model.feed().highMark());
        }
        return Map.of(
                "task-dirs",
                List.of(folder.resolve("tasks").toString()),
                "spool-dir",
                folder.resolve("producer").resolve("spool").toString(),
                "pools",
                List.of(pool),
                // Samples are kept, so that the checker can compare what was sent with what was answered.
                "dispatch",
                Map.of("settle", "3s", "trim-interval", "6h"));
    }

    private Map<String, Object> connection() {
        Map<String, Object> common = new LinkedHashMap<>();
        common.put("kafka", Map.of("bootstrap-servers", backbone.bootstrap()));
        common.put("registry", Map.of("urls", List.of(backbone.registryUrl())));
        common.put("topics", Map.of("sample-partitions", model.feed().partitions()));
        return common;
    }

    private Member member(String name, Role role, Map<String, Object> section) throws IOException {
        Map<String, Object> all = connection();
        all.put(role.label(), section);
        Path config = folder.resolve(name + ".yaml");
        Files.writeString(config, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
        List<String> command =
                JavaCommand.of(role, EvalfleetCommand.class.getName(), role.label(), "--config", config.toString());
        return new Member(name, role, command, folder.resolve(name));
    }

    private boolean hasTopic() {
        try (Admin admin = fleet.kafka().admin()) {
            return admin.listTopics()
                    .names()
                    .get()
                    .contains(fleet.topics().samples(LiveModel.POOL).name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        members.forEach(Member::kill);
        fleet.close();
        backbone.close();
    }
}
