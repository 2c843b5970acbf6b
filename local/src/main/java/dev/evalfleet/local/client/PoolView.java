package dev.evalfleet.local.client;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.runtime.kafka.Fleet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/// A pool as its topic and its consumer group show it.
///
/// @param workers members of the group
/// @param waiting samples on the topic beyond the group's commit points
public record PoolView(String name, long workers, long waiting) {

    /// The pools that have a topic, and those that are known otherwise.
    public static List<PoolView> of(Fleet fleet, Collection<String> known) {
        try (Admin admin = fleet.kafka().admin()) {
            String prefix = fleet.topics().prefix() + "samples.";
            TreeSet<String> pools = new TreeSet<>(known);
            admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith(prefix))
                    .forEach(topic -> pools.add(topic.substring(prefix.length())));
            List<PoolView> views = new ArrayList<>();
            for (String pool : pools) {
                String group = fleet.topics().workers(pool);
                views.add(new PoolView(pool, workers(admin, group), waiting(admin, group)));
            }
            return views;
        } catch (ExecutionException refused) {
            throw CommandException.failed("The broker does not tell about its pools: " + refused.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    private static long workers(Admin admin, String group) throws ExecutionException, InterruptedException {
        try {
            Map<String, ConsumerGroupDescription> described =
                    admin.describeConsumerGroups(List.of(group)).all().get();
            return described.values().stream()
                    .mapToLong(one -> one.members().size())
                    .sum();
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw refused;
        }
    }

    private static long waiting(Admin admin, String group) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw refused;
        }
        Map<TopicPartition, OffsetSpec> latest = new java.util.HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> done = new java.util.HashMap<>();
        committed.forEach((partition, offset) -> done.put(partition, offset.offset()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        return ends.entrySet().stream()
                .mapToLong(end -> end.getValue().offset() - done.getOrDefault(end.getKey(), 0L))
                .sum();
    }
}
