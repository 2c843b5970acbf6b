package dev.evalfleet.loadtest.history;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Reads topics whole, as they stand now. Only committed records are seen.
public final class HistoryReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Fleet fleet;
    private final String pool;
    private long undecodable;

    public HistoryReader(Fleet fleet, String pool) {
        this.fleet = fleet;
        this.pool = pool;
    }

    /// @throws IllegalStateException when a topic cannot be read to its end
    public History read() {
        undecodable = 0;
        Topics topics = fleet.topics();
        long deadLetters = records(topics.deadLetters()).size();
        return new History(
                values(topics.plans()),
                values(topics.samples(pool)),
                values(topics.results()),
                values(topics.runs()),
                values(topics.metrics()),
                values(topics.dispatch()),
                undecodable,
                deadLetters);
    }

    private <V> List<At<V>> values(Topic<V> topic) {
        List<At<V>> values = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records(topic)) {
            V value = decoded(topic, record);
            if (value != null) {
                values.add(new At<>(
                        String.valueOf(record.key()),
                        value,
                        record.partition(),
                        record.offset(),
                        Instant.ofEpochMilli(record.timestamp())));
            }
        }
        return values;
    }

    private <V> @Nullable V decoded(Topic<V> topic, ConsumerRecord<String, byte[]> record) {
        try {
            return fleet.decode(topic, record);
        } catch (UndecodableException e) {
            undecodable++;
            return null;
        }
    }

    private List<ConsumerRecord<String, byte[]>> records(Topic<?> topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of("max.poll.records", 5000))) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(topic.name(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(topic.name() + " could not be read to its end within " + PATIENCE);
                }
                consumer.poll(POLL).forEach(records::add);
            }
        }
        records.sort(Comparator.comparingInt((ConsumerRecord<String, byte[]> record) -> record.partition())
                .thenComparingLong(ConsumerRecord::offset));
        return records;
    }
}
