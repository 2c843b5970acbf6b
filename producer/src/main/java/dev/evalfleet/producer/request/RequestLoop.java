package dev.evalfleet.producer.request;

import dev.evalfleet.producer.plan.RunPlanner;
import dev.evalfleet.producer.request.RequestDesk.Decision;
import dev.evalfleet.producer.retry.KeptOutcomes;
import dev.evalfleet.producer.retry.RetryPlanner;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.kafka.DeadLetters;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// requests -> plans. One thread polls always; one request at a time is planned beside it, and then all of its plans
/// and its offset are committed in one transaction.
public final class RequestLoop implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BACKOFF = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final String STAGE = "planning";

    private final Fleet fleet;
    private final RequestDesk desk;
    private final KnownRequests known;
    private final PlanWriter writer;
    private final KeptOutcomes kept;
    private final Duration missedAfter;
    private final DeadLetters deadLetters;
    private final Clock clock = Clock.systemUTC();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Deque<ConsumerRecord<String, byte[]>> waiting = new ArrayDeque<>();
    private @Nullable CompletableFuture<Decision> planning;
    private Instant notBefore = Instant.EPOCH;
    private volatile boolean assigned;
    private volatile boolean running;
    private @Nullable Thread thread;

    /// @param name of the producer: its transactions are known by it
    /// @param patience with data that cannot be had for now
    /// @param missedAfter silence after which another producer plans what this one was to plan
    public RequestLoop(
            Fleet fleet,
            RunPlanner planner,
            RetryPlanner retries,
            KeptOutcomes kept,
            String name,
            Duration patience,
            Duration missedAfter) {
        this.fleet = fleet;
        this.known = new KnownRequests(fleet);
        this.desk = new RequestDesk(fleet, planner, retries, known, patience);
        this.writer = new PlanWriter(fleet, name);
        this.kept = kept;
        this.missedAfter = missedAfter;
        this.deadLetters = new DeadLetters(fleet);
    }

    @Override
    public String name() {
        return "request-loop";
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name(name()).start(this::run);
    }

    @Override
    public boolean ready() {
        return assigned;
    }

    @Override
    public String waitingFor() {
        return "partitions of " + fleet.topics().requests().name();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    public static String group(Topics topics) {
        return topics.prefix() + "planner";
    }

    /// What the transactional ids of all producers begin with.
    public static String transactionalIds(Topics topics) {
        return PlanWriter.transactionalId(topics, "");
    }

    private void run() {
        String group = group(fleet.topics());
        try (Consumer<String, byte[]> consumer =
                fleet.kafka().vigilantConsumer(group, missedAfter, Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1))) {
            consumer.subscribe(List.of(fleet.topics().requests().name()), new Rebalance());
            while (running) {
                poll(consumer);
                step(consumer);
                if (waiting.isEmpty()) {
                    consumer.resume(consumer.paused());
                } else {
                    consumer.pause(consumer.assignment());
                }
            }
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            LOG.error("request loop failed", e);
            ended.completeExceptionally(e);
        } finally {
            closeAll();
        }
    }

    private void poll(Consumer<String, byte[]> consumer) {
        try {
            consumer.poll(POLL).forEach(waiting::add);
        } catch (OutOfMemoryError e) {
            GiantRecords.Stepped stepped = GiantRecords.stepOver(consumer, POLL);
            waiting.addAll(stepped.read());
            for (TopicPartition partition : stepped.over()) {
                long at = consumer.position(partition) - 1;
                var giant =
                        new ConsumerRecord<String, byte[]>(partition.topic(), partition.partition(), at, null, null);
                deadLetters.publish(giant, STAGE, "the record has no room in memory when it is unpacked");
                writer.write(List.of(), giant, consumer.groupMetadata());
                count("undecodable");
            }
        }
    }

    // The head of the queue is the one being planned.
    private void step(Consumer<String, byte[]> consumer) {
        ConsumerRecord<String, byte[]> record = waiting.peek();
        if (record == null || clock.instant().isBefore(notBefore)) {
            return;
        }
        if (planning == null) {
            var started = new CompletableFuture<Decision>();
            planning = started;
            Thread.ofVirtual().name("planning").start(() -> decide(record, started));
        } else if (planning.isDone()) {
            CompletableFuture<Decision> done = planning;
            planning = null;
            try {
                if (finish(record, done.join(), consumer)) {
                    waiting.poll();
                }
            } catch (KafkaException | CompletionException e) {
                later(record, String.valueOf(e.getMessage()));
            }
        }
    }

    private void decide(ConsumerRecord<String, byte[]> record, CompletableFuture<Decision> decided) {
        try {
            decided.complete(desk.decide(record));
        } catch (RuntimeException | Error e) { // also of one that takes all memory: the next one is to be planned
            LOG.error("planning failed record={}", at(record), e);
            decided.complete(new Decision.DeadLetter("planning failed: " + e));
        }
    }

    /// @return whether the record is done with
    private boolean finish(
            ConsumerRecord<String, byte[]> record, Decision decision, Consumer<String, byte[]> consumer) {
        switch (decision) {
            case Decision.Later(var reason) -> {
                later(record, reason);
                return false;
            }
            case Decision.Skip(var reason) -> {
                writer.write(List.of(), record, consumer.groupMetadata());
                LOG.info("skipped request={} at={} reason=\"{}\"", record.key(), at(record), reason);
                count("skipped");
            }
            case Decision.DeadLetter(var cause) -> {
                deadLetters.publish(record, STAGE, cause);
                writer.write(List.of(), record, consumer.groupMetadata());
                count("undecodable");
            }
            case Decision.Write write -> {
                writer.write(write.plans(), record, consumer.groupMetadata());
                known.add(write.requestId());
                if (write.retry() != null) {
                    kept.publishInBackground(write.retry());
                }
                LOG.info(
                        "{} request={} runs={}",
                        write.accepted() ? "accepted" : "rejected",
                        write.requestId(),
                        write.accepted() ? write.plans().size() : 0);
                count(write.accepted() ? "accepted" : "rejected");
            }
        }
        return true;
    }

    private void later(ConsumerRecord<String, byte[]> record, String reason) {
        LOG.warn("request waits request={} at={} reason=\"{}\"", record.key(), at(record), reason);
        notBefore = clock.instant().plus(BACKOFF);
    }

    private void count(String outcome) {
        fleet.meters().counter("evalfleet.requests", "outcome", outcome).increment();
    }

    private static String at(ConsumerRecord<String, byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    // What is planned for a partition that was taken away is planned again by its new owner.
    private final class Rebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            ConsumerRecord<String, byte[]> head = waiting.peek();
            waiting.removeIf(record -> partitions.contains(new TopicPartition(record.topic(), record.partition())));
            if (head != waiting.peek()) {
                planning = null;
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                known.renew();
            }
            assigned = true;
        }
    }

    private void closeAll() {
        running = false;
        writer.close();
        deadLetters.close();
        known.close();
    }

    @Override
    public void close() {
        running = false;
        Thread polling = thread;
        if (polling == null || polling == Thread.currentThread()) {
            return;
        }
        try {
            if (!polling.join(STOP)) {
                LOG.warn("request loop did not stop after={}", STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
