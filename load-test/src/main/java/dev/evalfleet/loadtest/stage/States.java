package dev.evalfleet.loadtest.stage;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// The last state of every run and request; each look goes on where the one before ended.
public final class States implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Fleet fleet;
    private final Topic<RunState> topic;
    private final Consumer<String, byte[]> consumer;
    private final Map<String, RunState> last = new HashMap<>();

    public States(Fleet fleet) {
        this.fleet = fleet;
        this.topic = fleet.topics().runs();
        this.consumer = fleet.kafka().reader(Map.of("default.api.timeout.ms", 5000));
    }

    /// While the broker is away, what was known before.
    ///
    /// @throws org.apache.kafka.common.KafkaException when it is away at the first look
    public Optional<RunState> of(String id) {
        if (consumer.assignment().isEmpty()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name(), PATIENCE).stream()
                    .map(info -> new TopicPartition(topic.name(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), PATIENCE);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (isBehind(ends) && System.nanoTime() - deadline < 0) {
            consumer.poll(POLL).forEach(this::learn);
        }
        return Optional.ofNullable(last.get(id));
    }

    private boolean isBehind(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private void learn(ConsumerRecord<String, byte[]> read) {
        try {
            RunState state = fleet.decode(topic, read);
            if (state != null) {
                last.put(state.getId(), state);
            }
        } catch (UndecodableException e) {
            // the checker counts those
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
