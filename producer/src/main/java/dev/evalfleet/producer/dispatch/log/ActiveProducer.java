package dev.evalfleet.producer.dispatch.log;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/// Which of several producers dispatches: the member of one consumer group that owns the only partition of `control`.
/// The others stand by; when the owner leaves or dies the broker names another.
///
/// A producer that was cut off for so long that another took over learns of it at its next [#poll], which comes between
/// any two batches. What it may have sent meanwhile is a repetition, and repetitions do not count.
public final class ActiveProducer implements AutoCloseable {
    /// A dispatcher that does not come back from one look at the pools for this long is hung, not busy.
    private static final Duration HUNG = Duration.ofMinutes(2);

    private final Consumer<String, byte[]> consumer;
    private boolean active;

    /// @param missedAfter silence after which another takes over
    /// @param onRevoked called on the polling thread while this producer is still the active one: what it writes
    ///     is read by the next. Not called when the turn was lost already.
    public ActiveProducer(Fleet fleet, Duration missedAfter, Runnable onRevoked) {
        this(
                fleet.kafka()
                        .vigilantConsumer(
                                group(fleet.topics()),
                                missedAfter,
                                Map.of(
                                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                        "latest",
                                        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                                        (int) HUNG.toMillis())),
                fleet.topics().control().name(),
                onRevoked);
    }

    ActiveProducer(Consumer<String, byte[]> consumer, String control, Runnable onRevoked) {
        this.consumer = consumer;
        consumer.subscribe(List.of(control), new Turn(onRevoked));
    }

    public static String group(Topics topics) {
        return topics.prefix() + "producer";
    }

    /// Takes part in the group; waits for as long as it is told to.
    ///
    /// @return whether this producer is the active one
    public boolean poll(Duration wait) {
        consumer.poll(wait);
        return active;
    }

    @Override
    public void close() {
        consumer.close();
    }

    private final class Turn implements ConsumerRebalanceListener {
        private final Runnable onRevoked;

        private Turn(Runnable onRevoked) {
            this.onRevoked = onRevoked;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                consumer.pause(partitions); // read by the follower; here only who owns it matters
                active = true;
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (active && !partitions.isEmpty()) {
                onRevoked.run();
                active = false;
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            active = false;
        }
    }
}
