package dev.evalfleet.worker;

import dev.evalfleet.worker.inference.Cancellation;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The partitions this worker owns, with what is done and what is under way in each. Used by the thread that owns the
/// consumer alone.
final class OwnedPartitions {

    /// One partition. Samples under way hold on to it, also after it is gone: what they report then has no effect.
    record Partition(PartitionProgress progress, Set<Cancellation> underWay) {}

    private final Map<TopicPartition, Partition> owned = new HashMap<>();

    void assigned(TopicPartition partition, @Nullable OffsetAndMetadata committed) {
        owned.put(partition, new Partition(PartitionProgress.resumedAt(committed), ConcurrentHashMap.newKeySet()));
    }

    /// The samples under way are given up: the next owner reads them again.
    void gone(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> {
            Partition lost = owned.remove(partition);
            if (lost != null) {
                lost.underWay().forEach(Cancellation::request);
            }
        });
    }

    @Nullable
    Partition get(String topic, int partition) {
        return owned.get(new TopicPartition(topic, partition));
    }

    Set<TopicPartition> all() {
        return Set.copyOf(owned.keySet());
    }

    /// Those of which no more may be read before more is committed.
    Set<TopicPartition> full() {
        Set<TopicPartition> full = new HashSet<>();
        owned.forEach((partition, held) -> {
            if (held.progress().isFull()) {
                full.add(partition);
            }
        });
        return full;
    }

    /// What changed since the last commit.
    Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        partitions.forEach(partition -> {
            Partition held = owned.get(partition);
            OffsetAndMetadata commit = held == null ? null : held.progress().toCommit();
            if (commit != null) {
                due.put(partition, commit);
            }
        });
        return due;
    }

    void commitFailed(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> {
            Partition held = owned.get(partition);
            if (held != null) {
                held.progress().commitFailed();
            }
        });
    }
}
