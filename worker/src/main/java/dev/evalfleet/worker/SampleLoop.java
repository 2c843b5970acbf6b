package dev.evalfleet.worker;

import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads samples, hands them out, and commits only what is finished.
///
/// Everything here happens on one thread, which owns the consumer. Samples run elsewhere, each on its own virtual
/// thread, and report back through [PartitionProgress] and [InFlight].
final class SampleLoop {

    private static final Logger log = LoggerFactory.getLogger(SampleLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration WAIT_FOR_ROOM = Duration.ofMillis(50);
    private static final Duration HAND_BACK = Duration.ofMillis(1500);

    /// What is done with a record. True when its offset is finished; false when it is handed back, to be read again.
    @FunctionalInterface
    interface Work {
        boolean finish(ConsumerRecord<String, byte[]> sample, Cancellation cancellation) throws InterruptedException;
    }

    private final Consumer<String, byte[]> consumer;
    private final String topic;
    private final Work work;
    private final InFlight inFlight;
    private final Duration commitInterval;
    private final OwnedPartitions owned = new OwnedPartitions();
    private long lastCommit = System.nanoTime();
    private volatile boolean running = true;
    private volatile boolean polled;
    private volatile @Nullable Throwable failure;

    SampleLoop(Consumer<String, byte[]> consumer, String topic, Work work, InFlight inFlight, Duration commitInterval) {
        this.consumer = consumer;
        this.topic = topic;
        this.work = work;
        this.inFlight = inFlight;
        this.commitInterval = commitInterval;
    }

    /// Runs until stopped, drains, and leaves the group.
    void run(Duration drainTimeout) throws InterruptedException {
        try {
            subscribe();
            while (running) {
                turn();
            }
            drain(drainTimeout);
        } finally {
            owned.gone(owned.all());
            consumer.close(CloseOptions.timeout(HAND_BACK));
        }
    }

    void stop() {
        running = false;
    }

    /// Whether it has polled, and so joined the group or tried to.
    boolean hasPolled() {
        return polled;
    }

    void subscribe() {
        consumer.subscribe(List.of(topic), new HandOver());
    }

    /// One round: poll, start, pause, commit.
    void turn() throws InterruptedException {
        boolean full = inFlight.isFull();
        if (full) {
            full = !inFlight.awaitRoom(WAIT_FOR_ROOM);
        }
        pausePartitions(full);
        consumer.poll(full ? Duration.ZERO : POLL).forEach(this::start);
        polled = true;
        if (System.nanoTime() - lastCommit >= commitInterval.toNanos()) {
            commit();
        }
        Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException("a sample could neither be finished nor handed back: " + cause, cause);
        }
    }

    private void start(ConsumerRecord<String, byte[]> sample) {
        OwnedPartitions.Partition partition = owned.get(sample.topic(), sample.partition());
        if (partition == null || !partition.progress().start(sample.offset())) {
            return;
        }
        Cancellation cancellation = new Cancellation();
        partition.underWay().add(cancellation);
        inFlight.started(size(sample));
        Thread.ofVirtual()
                .name(sample.topic() + "-" + sample.partition() + "@" + sample.offset())
                .start(() -> runToEnd(sample, partition, cancellation));
    }

    private void runToEnd(
            ConsumerRecord<String, byte[]> sample, OwnedPartitions.Partition partition, Cancellation cancellation) {
        try {
            if (work.finish(sample, cancellation)) {
                partition.progress().finish(sample.offset());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // an Error, too, must stop the loop rather than block the partition in silence
            failure = e;
        } finally {
            partition.underWay().remove(cancellation);
            inFlight.ended(size(sample));
        }
    }

    private static long size(ConsumerRecord<String, byte[]> sample) {
        byte[] value = sample.value();
        return value == null ? 0 : value.length;
    }

    // A poll may overshoot by max.poll.records; after that everything waits. Pauses are lost when a partition comes
    // back, so they are worked out anew each time.
    private void pausePartitions(boolean all) {
        Set<TopicPartition> waiting = new HashSet<>(all ? owned.all() : owned.full());
        Set<TopicPartition> resumed = new HashSet<>(consumer.paused());
        resumed.retainAll(owned.all());
        resumed.removeAll(waiting);
        waiting.removeAll(consumer.paused());
        consumer.resume(resumed);
        consumer.pause(waiting);
    }

    private void commit() {
        lastCommit = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> due = owned.toCommit(owned.all());
        if (!due.isEmpty()) {
            consumer.commitAsync(due, (offsets, problem) -> {
                if (problem != null) {
                    log.warn("commit failed, tried again: partitions={} cause={}", due.keySet(), problem.getMessage());
                    owned.commitFailed(due.keySet());
                }
            });
        }
    }

    private void commitNow(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> due = owned.toCommit(partitions);
        try {
            if (!due.isEmpty()) {
                consumer.commitSync(due, HAND_BACK);
            }
        } catch (KafkaException e) { // more is repeated then, nothing is lost
            log.warn("last commit failed: partitions={} cause={}", due.keySet(), e.getMessage());
        }
    }

    // Polling goes on, so that rebalances are answered, but nothing new is read.
    private void drain(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!inFlight.isEmpty() && System.nanoTime() - deadline < 0 && failure == null) {
            pausePartitions(true);
            consumer.poll(Duration.ZERO);
            inFlight.awaitEmpty(WAIT_FOR_ROOM);
            commit();
        }
        log.info("drained: topic={} handedBack={}", topic, inFlight.count());
        commitNow(owned.all());
    }

    /// Unfinished samples are simply read again by the next owner; results are counted once downstream.
    private final class HandOver implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed = committed(partitions);
            partitions.forEach(partition -> owned.assigned(partition, committed.get(partition)));
        }

        private Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
            try {
                return consumer.committed(Set.copyOf(partitions), HAND_BACK);
            } catch (KafkaException e) {
                log.warn("cannot see what was done before, it may be repeated: cause={}", e.getMessage());
                return Map.of();
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commitNow(partitions);
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            owned.gone(partitions);
        }
    }
}
