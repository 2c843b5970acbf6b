package dev.evalfleet.producer.dispatch.log;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Sample;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/// The pools' topics and consumer groups, seen through an admin client: ends, commits, members.
final class PoolGroups implements AutoCloseable {
    private final Fleet fleet;
    private final Admin admin;

    PoolGroups(Fleet fleet) {
        this.fleet = fleet;
        this.admin = fleet.kafka()
                .admin(Map.of(
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5_000,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000));
    }

    Topic<Sample> topic(Pool pool) {
        return fleet.topics().samples(pool.name()).withPartitions(pool.partitions());
    }

    /// Commits are asked for before the ends, so that an end is never older than a commit; both for all pools at once.
    Map<String, Outstanding> outstanding(Collection<Pool> pools) {
        Map<String, ListConsumerGroupOffsetsSpec> asked =
                pools.stream().collect(Collectors.toMap(this::group, _ -> new ListConsumerGroupOffsetsSpec()));
        ListConsumerGroupOffsetsResult commits = admin.listConsumerGroupOffsets(asked);
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        for (Pool pool : pools) {
            committed.put(pool.name(), commits(commits, group(pool)));
        }
        Map<TopicPartition, Long> ends = offsets(admin, pools.stream().flatMap(this::partitions), OffsetSpec.latest());
        Map<TopicPartition, Long> starts = offsets(
                admin,
                pools.stream().flatMap(this::partitions).filter(partition -> committed.values().stream()
                        .noneMatch(ofPool -> ofPool.containsKey(partition))),
                OffsetSpec.earliest());
        return pools.stream()
                .collect(Collectors.toMap(
                        Pool::name,
                        pool -> new Outstanding(
                                of(pool, starts),
                                of(pool, ends),
                                of(pool, committed.getOrDefault(pool.name(), Map.of())))));
    }

    boolean start(Pool pool, Outstanding outstanding, boolean atEnd) {
        Map<TopicPartition, OffsetAndMetadata> offsets = outstanding.uncommitted().stream()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(topic(pool).name(), partition),
                        partition -> new OffsetAndMetadata(
                                atEnd ? outstanding.end(partition) : outstanding.commitPoint(partition))));
        try {
            await(admin.alterConsumerGroupOffsets(group(pool), offsets, new AlterConsumerGroupOffsetsOptions())
                    .all());
            return true;
        } catch (UnknownMemberIdException | GroupNotEmptyException e) {
            return false;
        }
    }

    void trim(Pool pool, Outstanding outstanding) {
        Map<TopicPartition, RecordsToDelete> below = partitions(pool)
                .filter(partition -> isDeletable(outstanding, partition.partition()))
                .collect(Collectors.toMap(
                        Function.identity(),
                        partition -> RecordsToDelete.beforeOffset(outstanding.commitPoint(partition.partition()))));
        if (!below.isEmpty()) {
            await(admin.deleteRecords(below).all());
        }
    }

    private static boolean isDeletable(Outstanding outstanding, int partition) {
        long commitPoint = outstanding.commitPoint(partition);
        return commitPoint > 0
                && commitPoint <= outstanding.end(partition)
                && !outstanding.uncommitted().contains(partition);
    }

    int members(Pool pool) {
        try {
            return await(admin.describeConsumerGroups(List.of(group(pool))).all()).values().stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (GroupIdNotFoundException e) {
            return 0;
        }
    }

    BooleanSupplier resultsRead() {
        return AggregatorReading.begin(admin, fleet.topics());
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }

    private String group(Pool pool) {
        return fleet.topics().workers(pool.name());
    }

    private Stream<TopicPartition> partitions(Pool pool) {
        String name = topic(pool).name();
        return IntStream.range(0, pool.partitions()).mapToObj(partition -> new TopicPartition(name, partition));
    }

    static Map<TopicPartition, OffsetAndMetadata> commits(ListConsumerGroupOffsetsResult result, String group) {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        try {
            await(result.partitionsToOffsetAndMetadata(group)).forEach((partition, commit) -> {
                if (commit != null) {
                    commits.put(partition, commit);
                }
            });
        } catch (GroupIdNotFoundException e) {
            return Map.of();
        }
        return commits;
    }

    static Map<TopicPartition, Long> offsets(Admin admin, Stream<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked = partitions.collect(Collectors.toMap(Function.identity(), _ -> which));
        if (asked.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found =
                await(admin.listOffsets(asked).all());
        found.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private <T> Map<Integer, T> of(Pool pool, Map<TopicPartition, T> all) {
        Map<Integer, T> ofPool = new HashMap<>();
        partitions(pool)
                .filter(all::containsKey)
                .forEach(partition -> ofPool.put(partition.partition(), all.get(partition)));
        return ofPool;
    }

    static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking the broker", e);
        }
    }
}
