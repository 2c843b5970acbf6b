package dev.evalfleet.worker;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.model.ServedModel;
import dev.evalfleet.worker.result.ResultPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A worker of one pool: opens its models, waits until they answer, then reads samples until it is told to stop.
public final class WorkerService implements Service {

    private static final Logger log = LoggerFactory.getLogger(WorkerService.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
    private static final Duration CONTROL_READ = Duration.ofMinutes(2);

    private final Fleet fleet;
    private final WorkerSettings settings;
    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Cancellation stopping = new Cancellation();
    private final InFlight inFlight;
    private @Nullable Thread thread;
    private volatile @Nullable SampleRunner runner;
    private volatile @Nullable SampleLoop loop;

    public WorkerService(Fleet fleet, WorkerSettings settings) {
        this.fleet = fleet;
        this.settings = settings;
        this.inFlight = new InFlight(settings.maxInFlight(), settings.maxInFlightBytes());
    }

    /// What a worker does at the broker.
    public static Rights rights(Topics topics, String pool) {
        return Rights.of("worker")
                .topic(topics.samples(pool), READ)
                .group(topics.workers(pool), READ)
                .topic(topics.results(), WRITE, DESCRIBE_CONFIGS)
                .topic(topics.control(), READ, DESCRIBE_CONFIGS)
                .topic(topics.deadLetters(), WRITE, DESCRIBE_CONFIGS);
    }

    @Override
    public String name() {
        return "worker " + settings.name();
    }

    @Override
    public void start() {
        fleet.ensure(List.of(
                fleet.topics().results(),
                fleet.topics().control(),
                fleet.topics().deadLetters()));
        settings.models().forEach(this::open);
        CancelledRuns cancelledRuns = new CancelledRuns();
        TopicFollower control = closing(new TopicFollower(fleet, "control of " + settings.name())
                .on(fleet.topics().control(), received -> cancelledRuns.received(received.key(), received.value())));
        DeadLetters deadLetters = closing(new DeadLetters(fleet));
        ResultPublisher publisher = closing(new ResultPublisher(
                fleet, fleet.kafka().producer(Map.of(ProducerConfig.CLIENT_ID_CONFIG, settings.name() + "-results"))));
        SampleRunner samples = new SampleRunner(
                fleet,
                settings,
                models,
                publisher,
                (origin, cause) -> deadLetters.publish(origin, "worker", cause),
                cancelledRuns);
        runner = samples;
        closing(new WorkerMeters(fleet.meters(), settings, inFlight));
        watch(control);
        control.start();
        models.values().forEach(ServedModel::start);
        thread = Thread.ofPlatform().name(name()).start(() -> run(control, samples));
    }

    private void open(ModelSettings model) {
        try {
            models.put(
                    model.name(),
                    new ServedModel(
                            settings.name(),
                            model.name(),
                            model.backend().open(),
                            model.concurrency(),
                            model.retries(),
                            fleet.meters()));
        } catch (BackendException e) {
            throw new OperatorException("model '" + model.name() + "': " + e.getMessage(), e);
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        toClose.addFirst(part);
        return part;
    }

    private void run(TopicFollower control, SampleRunner samples) {
        try {
            if (awaitModels()) {
                control.awaitCaughtUp(CONTROL_READ);
                consume(samples);
            }
            ended.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended.complete(null);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    // A worker whose models do not answer takes no partitions from those whose models do.
    private boolean awaitModels() throws InterruptedException {
        long deadline = System.nanoTime() + settings.startTimeout().toNanos();
        while (!models.values().stream().allMatch(ServedModel::everAvailable)) {
            if (stopping.await(Duration.ofMillis(50))) {
                return false;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new OperatorException("models do not answer after " + settings.startTimeout() + ": "
                        + String.join("; ", unavailable()));
            }
        }
        return true;
    }

    private void consume(SampleRunner samples) throws InterruptedException {
        try {
            consume(samples, Map.of());
        } catch (UnsupportedVersionException e) {
            log.info("the broker does not know the consumer group protocol of KIP-848, classic is used");
            consume(
                    samples,
                    Map.of(
                            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                            "classic",
                            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
        }
    }

    private void consume(SampleRunner samples, Map<String, Object> protocol) throws InterruptedException {
        Map<String, Object> overrides = new LinkedHashMap<>(protocol);
        overrides.put(ConsumerConfig.CLIENT_ID_CONFIG, settings.name());
        overrides.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(settings.maxInFlight(), 100));
        overrides.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, settings.fetchBytes());
        overrides.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        overrides.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        Consumer<String, byte[]> consumer =
                fleet.kafka().consumer(fleet.topics().workers(settings.pool()), overrides);
        String topic = fleet.topics().samples(settings.pool()).name();
        SampleLoop started = new SampleLoop(consumer, topic, samples, inFlight, COMMIT_INTERVAL);
        loop = started;
        if (stopping.requested()) {
            started.stop();
        }
        log.info("reading: topic={} models={} worker={}", topic, models.keySet(), settings.name());
        started.run(settings.drainTimeout());
    }

    @Override
    public boolean ready() {
        SampleLoop started = loop;
        return started != null && started.hasPolled() && unavailable().isEmpty();
    }

    @Override
    public String waitingFor() {
        List<String> unavailable = unavailable();
        return unavailable.isEmpty() ? "joining its group" : String.join("; ", unavailable);
    }

    private List<String> unavailable() {
        SampleRunner samples = runner;
        Stream<String> open = models.values().stream()
                .filter(model -> model.unavailable() != null)
                .map(model -> "model " + model.name() + ": " + model.unavailable());
        Stream<String> unknown = samples == null
                ? Stream.empty()
                : samples.unknownModels().stream().map(model -> "samples ask for model " + model + ", not served here");
        return Stream.concat(open, unknown).toList();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /// Without `control` cancelled runs would go on: a follower that fails ends the worker.
    private void watch(TopicFollower control) {
        CompletableFuture<Void> unused = control.ended().whenComplete((_, problem) -> {
            if (problem != null) {
                ended.completeExceptionally(problem);
            }
        });
    }

    /// Stops reading at once; samples under way may end within the drain timeout, the others are handed back.
    @Override
    public void close() {
        stopping.request();
        SampleLoop started = loop;
        if (started != null) {
            started.stop();
        }
        SampleRunner samples = runner;
        if (samples != null) {
            samples.admitNoMore();
        }
        join();
        toClose.forEach(WorkerService::close);
        models.values().forEach(WorkerService::close);
        toClose.clear();
    }

    private void join() {
        Thread running = thread;
        try {
            if (running != null && !running.join(settings.drainTimeout().plusSeconds(10))) {
                log.warn("did not stop in time: worker={}", settings.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            log.warn("did not close well: part={} cause={}", part, e.toString());
        }
    }
}
