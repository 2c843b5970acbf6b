package dev.evalfleet.loadtest.stage;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// How many results there are, as the end of their topic says.
final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Consumer<String, byte[]> consumer;
    private final Topic<?> topic;
    private long known;

    Progress(Fleet fleet) {
        this.topic = fleet.topics().results();
        this.consumer = fleet.kafka().reader(Map.of("default.api.timeout.ms", 5000));
    }

    /// Records on the topic, repeats included. While the broker is away, what was known before.
    long results() {
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name(), PATIENCE).stream()
                    .map(info -> new TopicPartition(topic.name(), info.partition()))
                    .toList();
            known = consumer.endOffsets(partitions, PATIENCE).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        } catch (KafkaException | NullPointerException away) {
            return known;
        }
        return known;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
