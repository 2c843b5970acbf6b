package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.scaling.KafkaTrigger;
import dev.evalfleet.runtime.kafka.Fleet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/// The pool's consumer group, as KEDA sees it through the broker, and its members.
final class GroupLag implements AutoCloseable {
    private final Admin admin;
    private final String group;
    private final List<TopicPartition> partitions;

    GroupLag(Fleet fleet, LiveModel model) {
        this.admin = fleet.kafka().admin();
        this.group = fleet.topics().workers(LiveModel.POOL);
        String topic = fleet.topics().samples(LiveModel.POOL).name();
        this.partitions = IntStream.range(0, model.feed().partitions())
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
    }

    /// Offsets of the group by partition.
    static final class Offsets {
        private final long[] ends;
        private final long[] committed;

        /// @param committed [KafkaTrigger#NO_OFFSET] where there is none
        private Offsets(long[] ends, long[] committed) {
            this.ends = ends;
            this.committed = committed;
        }

        KafkaTrigger.Reading read(KafkaTrigger trigger) {
            return trigger.read(ends, committed);
        }

        /// Log end - commit point, over all partitions.
        long lag() {
            return IntStream.range(0, ends.length)
                    .filter(number -> committed[number] != KafkaTrigger.NO_OFFSET)
                    .mapToLong(number -> ends[number] - committed[number])
                    .sum();
        }
    }

    Offsets offsets() throws InterruptedException {
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = committed();
            Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(partitions.stream()
                            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest())))
                    .all()
                    .get();
            return new Offsets(
                    partitions.stream()
                            .mapToLong(partition -> end(ends.get(partition)))
                            .toArray(),
                    partitions.stream()
                            .mapToLong(partition -> offset(committed.get(partition)))
                            .toArray());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not tell the group's offsets: " + e.getCause(), e);
        }
    }

    private static long end(@Nullable ListOffsetsResultInfo end) {
        return Objects.requireNonNull(end, "the broker left a partition's end out")
                .offset();
    }

    private static long offset(@Nullable OffsetAndMetadata committed) {
        return committed == null ? KafkaTrigger.NO_OFFSET : committed.offset();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws ExecutionException, InterruptedException {
        try {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw e;
        }
    }

    /// Names of the workers that have partitions.
    Set<String> readers() throws InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .flatMap(description -> description.members().stream())
                    .filter(member -> !member.assignment().topicPartitions().isEmpty())
                    .map(member -> member.clientId())
                    .collect(Collectors.toSet());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Set.of();
            }
            throw new IllegalStateException("the broker does not tell the group's members: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
