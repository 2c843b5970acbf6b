package dev.evalfleet.aggregator;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.evalfleet.aggregator.alert.AlertNotifier;
import dev.evalfleet.aggregator.streams.BoundedRocksDb;
import dev.evalfleet.aggregator.streams.DeadLetterHandler;
import dev.evalfleet.aggregator.streams.TopicsPresent;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the topology. Waits for the topics, which the producer creates; stops for good when a stream thread dies, so
/// that whoever watches the process starts it again.
public final class AggregatorService implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorService.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(8);

    private final Fleet fleet;
    private final AggregatorSettings settings;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final TopicsPresent topics;
    private final AggregatorMeters meters;
    private @Nullable Thread starter;
    private volatile @Nullable KafkaStreams streams;
    private volatile boolean closed;
    private @Nullable AlertNotifier notifier;

    public AggregatorService(Fleet fleet, AggregatorSettings settings) {
        this.fleet = fleet;
        this.settings = settings;
        this.meters = new AggregatorMeters(fleet.meters());
        this.topics = new TopicsPresent(fleet, needed(fleet.topics()));
    }

    /// What an aggregator does at the broker.
    public static Rights rights(Topics topics, AggregatorSettings settings) {
        return rights(
                topics,
                applicationId(topics, settings),
                !settings.alerts().webhooks().isEmpty());
    }

    /// @param applicationId names its group, its transactions and its internal topics
    /// @param webhooks whether it tells others of alerts
    public static Rights rights(Topics topics, String applicationId, boolean webhooks) {
        Rights rights = Rights.of("aggregator");
        for (Topic<?> topic : needed(topics)) {
            rights = rights.topic(topic, DESCRIBE_CONFIGS);
        }
        rights = rights.topic(topics.plans(), READ)
                .topic(topics.results(), READ)
                .topic(topics.baselineScores(), READ, WRITE)
                .topic(topics.runs(), READ, WRITE)
                .topic(topics.metrics(), WRITE)
                .topic(topics.alerts(), WRITE)
                .topic(topics.control(), READ, WRITE)
                .topic(topics.dispatch(), READ)
                .topic(topics.deadLetters(), WRITE)
                .topicsBeginningWith(applicationId + "-", CREATE, READ, WRITE, DELETE)
                .group(applicationId, READ)
                .transactionalIdsBeginningWith(applicationId + "-", WRITE);
        return webhooks ? rights.topic(topics.alerts(), READ).group(AlertNotifier.group(topics), READ) : rights;
    }

    private static String applicationId(Topics topics, AggregatorSettings settings) {
        String given = settings.applicationId();
        return given == null ? topics.aggregator() : given;
    }

    @Override
    public String name() {
        return "aggregator";
    }

    @Override
    public void start() {
        createStateDir();
        starter = Thread.ofVirtual().name("aggregator-start").start(this::startWithTopics);
    }

    @Override
    public boolean ready() {
        KafkaStreams running = streams;
        return running != null && running.state() == State.RUNNING;
    }

    @Override
    public String waitingFor() {
        KafkaStreams running = streams;
        return running == null ? topics.waitingFor() : "streams " + running.state();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        KafkaStreams running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = streams;
            if (starter != null) {
                starter.interrupt();
            }
        }
        if (running != null) {
            // Leaving at once, the next start need not wait for the session to time out.
            boolean clean = running.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                            .withTimeout(LONGEST_CLOSE));
            if (!clean) {
                LOG.warn("aggregator did not stop within={}", LONGEST_CLOSE);
            }
        }
        if (notifier != null) {
            notifier.close();
        }
        meters.close();
        ended.complete(null);
    }

    private void startWithTopics() {
        try {
            topics.await();
            synchronized (this) {
                if (!closed) {
                    streams = streams();
                    if (!settings.alerts().webhooks().isEmpty()) {
                        notifier = new AlertNotifier(fleet, settings.alerts().webhooks());
                        notifier.start();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    private KafkaStreams streams() {
        Wiring wiring = new Wiring(
                fleet.topics(), fleet.registry(), settings.stores(), settings.pace(), settings.alerts(), meters);
        Properties config = config();
        KafkaStreams created = new KafkaStreams(new EvalTopology(wiring).build(config), config);
        created.setUncaughtExceptionHandler(problem -> {
            ended.completeExceptionally(problem);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        long start = System.nanoTime();
        AtomicBoolean ran = new AtomicBoolean();
        created.setStateListener((now, _) -> {
            if (now == State.RUNNING && ran.compareAndSet(false, true)) {
                LOG.info("aggregator runs after={}", Duration.ofNanos(System.nanoTime() - start));
            }
            if (now == State.ERROR) {
                ended.completeExceptionally(new IllegalStateException("the stream threads stopped"));
            }
        });
        created.start();
        return created;
    }

    private Properties config() {
        Properties config = fleet.kafka()
                .streams(
                        applicationId(fleet.topics(), settings),
                        settings.stateDir().toAbsolutePath());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbyReplicas());
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        config.put(DeadLetterHandler.TOPIC, fleet.topics().deadLetters().name());
        config.put(DeadLetterHandler.COUNTER, (Runnable) meters::deadLettered);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 32L << 20);
        config.put("processing.exception.handler.global.enabled", true); // the default from Kafka 5 on
        // Results carry prompts and answers: few of them are read ahead.
        config.putIfAbsent(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 200);
        config.putIfAbsent(StreamsConfig.consumerPrefix("fetch.max.bytes"), 16 << 20);
        // A killed instance is missed after ten seconds, not 45.
        config.putIfAbsent(StreamsConfig.mainConsumerPrefix("session.timeout.ms"), 10_000);
        return config;
    }

    private void createStateDir() {
        Path directory = settings.stateDir();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new OperatorException(
                    "aggregator.state-dir: cannot create %s (%s). Set it to a folder this user may write"
                            .formatted(directory, e.getMessage()),
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new OperatorException(
                    "aggregator.state-dir: %s cannot be written. Set it to a folder this user may write"
                            .formatted(directory));
        }
    }

    private static List<Topic<?>> needed(Topics topics) {
        return List.of(
                topics.plans(),
                topics.results(),
                topics.baselineScores(),
                topics.runs(),
                topics.metrics(),
                topics.alerts(),
                topics.control(),
                topics.dispatch(),
                topics.deadLetters());
    }
}
