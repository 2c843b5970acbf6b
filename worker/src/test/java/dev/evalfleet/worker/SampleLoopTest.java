package dev.evalfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.runtime.kafka.DoneSet;
import dev.evalfleet.worker.inference.Cancellation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SampleLoopTest {

    private static final String TOPIC = "samples";
    private static final TopicPartition ZERO = new TopicPartition(TOPIC, 0);
    private static final TopicPartition ONE = new TopicPartition(TOPIC, 1);

    private final RecordingConsumer consumer = new RecordingConsumer();
    private final ByHand work = new ByHand();
    private final InFlight inFlight = new InFlight(4, 1_000);
    private final SampleLoop loop = new SampleLoop(consumer, TOPIC, work, inFlight, Duration.ZERO);

    @Test
    void finishingTheSecondSampleBeforeTheFirstCommitsNothingPastTheFirst() throws Exception {
        owns(ZERO);
        arrive(ZERO, 0, 1);
        loop.turn();

        work.finish(ZERO, 1);
        turnUntilCommitted(ZERO, new OffsetAndMetadata(0, doneAbove(0, 1)));

        work.finish(ZERO, 0);
        turnUntilCommitted(ZERO, new OffsetAndMetadata(2, ""));
    }

    @Test
    void aFullWorkerPausesItsPartitionsAndResumesThem() throws Exception {
        owns(ZERO, ONE);
        arrive(ZERO, 0, 1, 2, 3);
        loop.turn();
        loop.turn();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(ZERO, ONE);

        work.finish(ZERO, 0);
        work.finish(ZERO, 1);
        await().untilAsserted(() -> {
            loop.turn();
            assertThat(consumer.paused()).isEmpty();
        });
    }

    @Test
    void recordsInFlightAreBoundedByTheirBytesToo() throws Exception {
        owns(ZERO);
        arrive(ZERO, new byte[600], 0, 1);
        loop.turn();
        loop.turn();
        assertThat(inFlight.bytes()).isEqualTo(1_200);
        assertThat(consumer.paused()).containsExactly(ZERO);

        work.finish(ZERO, 0);
        await().untilAsserted(() -> {
            loop.turn();
            assertThat(consumer.paused()).isEmpty();
        });
    }

    @Test
    void aRevokedPartitionIsCommittedAndItsSamplesAreHandedBack() throws Exception {
        owns(ZERO, ONE);
        arrive(ZERO, 0, 1);
        arrive(ONE, 0);
        loop.turn();
        loop.turn();
        work.finish(ZERO, 0);
        await().until(() -> inFlight.count() == 2);

        consumer.rebalance(List.of(ONE));
        assertThat(work.isCancelled(ZERO, 1)).isTrue();
        assertThat(work.isCancelled(ONE, 0)).isFalse();
        await().until(() -> inFlight.count() == 1);
        assertThat(committed(ZERO)).isEqualTo(new OffsetAndMetadata(1, ""));
    }

    @Test
    void handingBackWaitsForTheBrokerTwoSecondsAtMostAndNeverForInference() throws Exception {
        owns(ZERO);
        work.deaf = true;
        arrive(ZERO, 0, 1);
        loop.turn();
        work.finish(ZERO, 0);
        await().until(() -> inFlight.count() == 1);

        consumer.rebalance(List.of());

        assertThat(work.isCancelled(ZERO, 1)).isTrue();
        assertThat(committed(ZERO)).isEqualTo(new OffsetAndMetadata(1, ""));
        assertThat(consumer.longestWait).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aSampleThatEndsAfterItsPartitionIsGoneCommitsNothing() throws Exception {
        owns(ZERO);
        work.deaf = true;
        arrive(ZERO, 0);
        loop.turn();
        consumer.rebalance(List.of());
        consumer.rebalance(List.of(ZERO));

        work.finish(ZERO, 0);
        await().until(inFlight::isEmpty);
        loop.turn();
        assertThat(committed(ZERO)).isNull();
    }

    @Test
    void whatTheOwnerBeforeFinishedIsNotStarted() throws Exception {
        consumer.commits.put(ZERO, new OffsetAndMetadata(5, doneAbove(5, 6, 7)));
        owns(ZERO);
        arrive(ZERO, 5, 6, 7, 8);
        loop.turn();
        await().until(() -> work.started().equals(Set.of(ZERO + "@5", ZERO + "@8")));

        work.finish(ZERO, 5);
        turnUntilCommitted(ZERO, new OffsetAndMetadata(8, ""));
    }

    @Test
    void stoppingWaitsForSamplesUnderWayAndCommitsThem() throws Exception {
        CompletableFuture<Void> run = runInBackground(Duration.ofSeconds(20));
        arrive(ZERO, 0, 1);
        await().until(() -> work.started().size() == 2);

        loop.stop();
        work.finish(ZERO, 0);
        work.finish(ZERO, 1);
        run.get();
        assertThat(consumer.closed()).isTrue();
        assertThat(committed(ZERO)).isEqualTo(new OffsetAndMetadata(2, ""));
    }

    @Test
    void stoppingHandsBackWhatTakesTooLong() throws Exception {
        CompletableFuture<Void> run = runInBackground(Duration.ofMillis(100));
        arrive(ZERO, 0, 1);
        await().until(() -> work.started().size() == 2);
        work.finish(ZERO, 1);
        await().until(() -> inFlight.count() == 1);

        loop.stop();
        run.get();
        assertThat(work.isCancelled(ZERO, 0)).isTrue();
        await().until(inFlight::isEmpty);
    }

    @Test
    void aSampleThatCanNeitherFinishNorBeHandedBackStopsTheLoop() throws Exception {
        CompletableFuture<Void> run = runInBackground(Duration.ofSeconds(1));
        arrive(ZERO, 0);
        await().until(() -> work.started().size() == 1);

        work.fail(ZERO, 0, new IllegalStateException("broken beyond repair"));
        assertThatThrownBy(run::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("broken beyond repair");
        assertThat(consumer.closed()).isTrue();
    }

    private void owns(TopicPartition... partitions) {
        for (TopicPartition partition : partitions) {
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
        }
        loop.subscribe();
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
        turn();
    }

    private void turn() {
        try {
            loop.turn();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void arrive(TopicPartition partition, long... offsets) {
        arrive(partition, "value".getBytes(StandardCharsets.UTF_8), offsets);
    }

    private void arrive(TopicPartition partition, byte[] value, long... offsets) {
        consumer.schedulePollTask(() -> {
            for (long offset : offsets) {
                consumer.addRecord(
                        new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "key", value));
            }
        });
    }

    private CompletableFuture<Void> runInBackground(Duration drainTimeout) {
        consumer.updateBeginningOffsets(Map.of(ZERO, 0L));
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(ZERO)));
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                loop.run(drainTimeout);
                ended.complete(null);
            } catch (Exception e) {
                ended.completeExceptionally(e);
            }
        });
        return ended;
    }

    private void turnUntilCommitted(TopicPartition partition, OffsetAndMetadata expected) {
        await().untilAsserted(() -> {
            loop.turn();
            assertThat(committed(partition)).isEqualTo(expected);
        });
    }

    private @Nullable OffsetAndMetadata committed(TopicPartition partition) {
        return consumer.commits.get(partition);
    }

    private static String doneAbove(long commitPoint, long... done) {
        return DoneSet.encode(
                commitPoint,
                java.util.Arrays.stream(done).boxed().collect(java.util.stream.Collectors.toCollection(TreeSet::new)));
    }

    /// Remembers commits beyond its end.
    private static final class RecordingConsumer extends MockConsumer<String, byte[]> {
        private final Map<TopicPartition, OffsetAndMetadata> commits = new ConcurrentHashMap<>();
        private Duration longestWait = Duration.ZERO;

        RecordingConsumer() {
            super("earliest");
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            commits.putAll(offsets);
            callback.onComplete(offsets, null);
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            longestWait = timeout.compareTo(longestWait) > 0 ? timeout : longestWait;
            commits.putAll(offsets);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                Set<TopicPartition> partitions, Duration timeout) {
            Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(commits);
            known.keySet().retainAll(partitions);
            return known;
        }
    }

    /// Work that ends when the test says so.
    private static final class ByHand implements SampleLoop.Work {
        private final Map<String, CompletableFuture<Boolean>> ends = new ConcurrentHashMap<>();
        private final Map<String, Cancellation> cancellations = new ConcurrentHashMap<>();
        private volatile boolean deaf;

        @Override
        public boolean finish(ConsumerRecord<String, byte[]> sample, Cancellation cancellation)
                throws InterruptedException {
            String key = new TopicPartition(sample.topic(), sample.partition()) + "@" + sample.offset();
            cancellations.put(key, cancellation);
            CompletableFuture<Boolean> end = ends.computeIfAbsent(key, _ -> new CompletableFuture<>());
            try (var _ = cancellation.onRequest(() -> end.complete(deaf))) {
                return end.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        void finish(TopicPartition partition, long offset) {
            end(partition, offset).complete(true);
        }

        void fail(TopicPartition partition, long offset, Throwable cause) {
            end(partition, offset).completeExceptionally(cause);
        }

        private CompletableFuture<Boolean> end(TopicPartition partition, long offset) {
            return ends.computeIfAbsent(partition + "@" + offset, _ -> new CompletableFuture<>());
        }

        boolean isCancelled(TopicPartition partition, long offset) {
            Cancellation cancellation = cancellations.get(partition + "@" + offset);
            return cancellation != null && cancellation.requested();
        }

        Set<String> started() {
            return cancellations.keySet();
        }
    }
}
