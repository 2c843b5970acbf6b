package dev.evalfleet.aggregator.alert;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/// Which alerts were told. The same statement keeps its id, even if an aggregator that lost its state makes it again;
/// what lies before the committed place of a partition was told, by this process or one before it.
final class ToldAlerts {
    private static final int MOST = 10_000;
    private static final Duration POLL = Duration.ofMillis(500);

    private final Map<String, Boolean> ids = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    boolean contains(String alertId) {
        return ids.containsKey(alertId);
    }

    void add(String alertId) {
        ids.put(alertId, true);
    }

    /// Reads back what was told of partitions that were just assigned.
    ///
    /// @param member of the group whose committed places count
    /// @param since older alerts are not told anyway
    void recall(Fleet fleet, Consumer<String, byte[]> member, Collection<TopicPartition> assigned, Instant since) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> place :
                member.committed(new HashSet<>(assigned)).entrySet()) {
            if (place.getValue() != null) {
                ends.put(place.getKey(), place.getValue().offset());
            }
        }
        if (ends.isEmpty()) {
            return;
        }
        try (Consumer<String, byte[]> reader = fleet.kafka().reader(Map.of())) {
            Map<TopicPartition, Long> times = new HashMap<>();
            ends.keySet().forEach(partition -> times.put(partition, since.toEpochMilli()));
            for (Map.Entry<TopicPartition, OffsetAndTimestamp> begin :
                    reader.offsetsForTimes(times).entrySet()) {
                if (begin.getValue() == null || begin.getValue().offset() >= end(ends, begin.getKey())) {
                    ends.remove(begin.getKey());
                } else {
                    times.put(begin.getKey(), begin.getValue().offset());
                }
            }
            reader.assign(ends.keySet());
            ends.keySet().forEach(partition -> reader.seek(partition, end(times, partition)));
            while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                reader.poll(POLL).forEach(record -> recall(fleet, record, ends));
            }
        }
    }

    private void recall(Fleet fleet, ConsumerRecord<String, byte[]> record, Map<TopicPartition, Long> ends) {
        if (record.value() == null
                || record.offset() >= end(ends, new TopicPartition(record.topic(), record.partition()))) {
            return;
        }
        try {
            add(fleet.decode(fleet.topics().alerts(), record.value()).getAlertId());
        } catch (UndecodableException unreadable) {
            return; // it was not told, and will not be
        }
    }

    private static long end(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return offsets.getOrDefault(partition, 0L);
    }
}
