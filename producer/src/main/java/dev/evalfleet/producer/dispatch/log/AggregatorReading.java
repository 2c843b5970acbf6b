package dev.evalfleet.producer.dispatch.log;

import static dev.evalfleet.producer.dispatch.log.PoolGroups.await;
import static dev.evalfleet.producer.dispatch.log.PoolGroups.commits;
import static dev.evalfleet.producer.dispatch.log.PoolGroups.offsets;

import dev.evalfleet.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Whether the aggregator has read every result that was there at the beginning: first the results themselves, then
/// what it made of them, which goes through topics of its own before it is counted. What it calls missing earlier than
/// that may only be unread.
final class AggregatorReading implements BooleanSupplier {
    /// Records of a transaction that was broken off at the end of a topic are read by nobody: after so long without
    /// any progress that must be it.
    private static final Duration STANDSTILL = Duration.ofMinutes(5);

    /// A transaction ends with a record that is for the broker alone.
    private static final int END_OF_TRANSACTION = 1;

    private final Admin admin;
    private final String group;
    private final List<TopicPartition> results;
    private final Map<TopicPartition, Long> resultEnds;
    private @Nullable Map<TopicPartition, Long> ownEnds;
    private long progress = -1;
    private long progressAt = System.nanoTime();

    private AggregatorReading(Admin admin, String group, List<TopicPartition> results) {
        this.admin = admin;
        this.group = group;
        this.results = results;
        this.resultEnds = offsets(admin, results.stream(), OffsetSpec.latest());
    }

    /// True for as long as no aggregator has read anything: there is none yet, or it goes by another name.
    static BooleanSupplier begin(Admin admin, Topics topics) {
        try {
            return new AggregatorReading(
                    admin,
                    topics.aggregator(),
                    partitions(admin, List.of(topics.results().name())).toList());
        } catch (UnknownTopicOrPartitionException e) {
            return () -> true; // no result was ever written
        }
    }

    @Override
    public boolean getAsBoolean() {
        Map<TopicPartition, Long> own = ownEnds;
        if (own == null) {
            Map<TopicPartition, Long> read = committed(results);
            if (read.isEmpty()) {
                return true;
            }
            if (!isRead(read, resultEnds, 0)) {
                return false;
            }
            // written in the transactions whose commits were just seen
            own = offsets(admin, ownPartitions(), OffsetSpec.latest());
            ownEnds = own;
        }
        Map<TopicPartition, Long> read = committed(List.copyOf(own.keySet()));
        return isRead(read, own, END_OF_TRANSACTION) || standsStill(read);
    }

    private static boolean isRead(Map<TopicPartition, Long> read, Map<TopicPartition, Long> ends, int unreadable) {
        return ends.entrySet().stream()
                .allMatch(end -> read.getOrDefault(end.getKey(), 0L) >= end.getValue() - unreadable);
    }

    private boolean standsStill(Map<TopicPartition, Long> read) {
        long now = read.values().stream().mapToLong(Long::longValue).sum();
        if (now != progress) {
            progress = now;
            progressAt = System.nanoTime();
        }
        return System.nanoTime() - progressAt > STANDSTILL.toNanos();
    }

    // Those that this process may see.
    private Stream<TopicPartition> ownPartitions() {
        List<String> own = await(admin.listTopics().names()).stream()
                .filter(name -> name.startsWith(group + "-") && name.endsWith("-repartition"))
                .toList();
        return partitions(admin, own);
    }

    private static Stream<TopicPartition> partitions(Admin admin, List<String> topics) {
        return await(admin.describeTopics(topics).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())));
    }

    private Map<TopicPartition, Long> committed(List<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        var asked = Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions));
        Map<TopicPartition, Long> committed = new HashMap<>();
        commits(admin.listConsumerGroupOffsets(asked), group)
                .forEach((partition, commit) -> committed.put(partition, commit.offset()));
        return committed;
    }
}
