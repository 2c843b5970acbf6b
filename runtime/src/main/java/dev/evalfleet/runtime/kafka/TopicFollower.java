package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads topics whole, from the start, and then follows them: one thread, no group, nothing committed. Handlers run
/// on that thread, in the order of each partition.
///
/// A record that cannot be decoded is logged and skipped; a registry that does not answer is waited for; a handler
/// that throws ends the follower.
public final class TopicFollower implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);

    /// One record as a handler sees it.
    ///
    /// @param value null for a tombstone
    /// @param at the record's timestamp
    public record Received<V>(String key, @Nullable V value, Instant at, int partition, long offset) {}

    private record Handler<V>(Topic<V> topic, java.util.function.Consumer<Received<V>> received) {
        void handle(Fleet fleet, ConsumerRecord<String, byte[]> at) {
            V value = fleet.decode(topic, at);
            received.accept(new Received<>(
                    String.valueOf(at.key()),
                    value,
                    Instant.ofEpochMilli(at.timestamp()),
                    at.partition(),
                    at.offset()));
        }
    }

    private final Fleet fleet;
    private final String name;
    private final Map<String, Handler<?>> handlers = new LinkedHashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private volatile boolean running;
    private @Nullable Thread thread;

    public TopicFollower(Fleet fleet, String name) {
        this.fleet = fleet;
        this.name = name;
    }

    /// Adds a topic; before the start.
    public <V> TopicFollower on(Topic<V> topic, java.util.function.Consumer<Received<V>> handler) {
        if (running) {
            throw new IllegalStateException(name + " is running already");
        }
        handlers.put(topic.name(), new Handler<>(topic, handler));
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    @Override
    public boolean ready() {
        return caughtUp();
    }

    @Override
    public String waitingFor() {
        return "reading " + String.join(", ", handlers.keySet()) + " from the start";
    }

    /// Whether everything that was in the topics at the start has been handled.
    public boolean caughtUp() {
        return caughtUp.isDone() && !caughtUp.isCompletedExceptionally();
    }

    /// @throws UnreachableException when it takes longer
    /// @throws OperatorException when the follower failed
    public void awaitCaughtUp(Duration atMost) {
        try {
            caughtUp.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new UnreachableException(
                    "%s has not read %s to the end within %s. Is Kafka at %s well?"
                            .formatted(
                                    name,
                                    handlers.keySet(),
                                    atMost,
                                    fleet.kafka().bootstrapServers()),
                    e);
        } catch (ExecutionException e) {
            throw new OperatorException(name + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorException("interrupted while waiting for " + name, e);
        }
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        running = false;
        Thread reading = thread;
        if (reading == null || reading == Thread.currentThread()) {
            return;
        }
        try {
            if (!reading.join(STOP)) {
                LOG.warn("follower={} did not stop after={}", name, STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (Consumer<String, byte[]> consumer =
                fleet.kafka().reader(Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000))) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (running) {
                for (ConsumerRecord<String, byte[]> received : consumer.poll(POLL)) {
                    handle(received);
                }
                if (!caughtUp.isDone() && isPast(consumer, ends)) {
                    caughtUp.complete(null);
                }
            }
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e); // before, so that who waited for the other finds it
            caughtUp.completeExceptionally(e);
        }
    }

    private List<TopicPartition> partitions(Consumer<String, byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : handlers.keySet()) {
            List<PartitionInfo> infos = consumer.partitionsFor(topic);
            if (infos == null || infos.isEmpty()) {
                throw new OperatorException("There is no topic " + topic + ". Start the producer, which creates it");
            }
            infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    private void handle(ConsumerRecord<String, byte[]> received) {
        Handler<?> handler = handlers.get(received.topic());
        while (running && handler != null) {
            try {
                handler.handle(fleet, received);
                return;
            } catch (UndecodableException e) {
                LOG.warn("skipped follower={} cause=\"{}\"", name, e.getMessage());
                return;
            } catch (RegistryUnavailableException e) {
                LOG.warn("waiting follower={} cause=\"{}\"", name, e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(REGISTRY_PAUSE);
        } catch (InterruptedException e) {
            running = false;
        }
    }

    private static boolean isPast(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
