package dev.evalfleet.runtime.kafka;

import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Reads the results of runs from the part of the results topic that holds them: from the first result's time to the
/// last one's, never the whole topic. Of repeated deliveries the first counts, as in the metrics.
public final class ResultReader {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final Fleet fleet;

    public ResultReader(Fleet fleet) {
        this.fleet = fleet;
    }

    /// Hands each result of the runs to `then`, in no particular order.
    ///
    /// @return how many there were
    public long read(Collection<RunState> runs, java.util.function.Consumer<SampleResult> then) {
        Map<String, BitSet> seen = runs.stream().collect(Collectors.toMap(RunState::getId, _ -> new BitSet()));
        Instant from = runs.stream()
                .map(RunState::getFirstResultAt)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
        if (from == null) {
            return 0;
        }
        long[] count = {0};
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of())) {
            Map<TopicPartition, Long> ends = seek(consumer, from, until(runs));
            while (!ends.isEmpty()) {
                for (ConsumerRecord<String, byte[]> fetched : consumer.poll(POLL)) {
                    SampleResult result = decode(fetched);
                    if (result != null && isFirst(result, seen)) {
                        count[0]++;
                        then.accept(result);
                    }
                }
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        return count[0];
    }

    private static boolean isFirst(SampleResult result, Map<String, BitSet> seen) {
        BitSet positions = seen.get(result.getRunId());
        int position = Math.toIntExact(result.getPosition());
        if (positions == null || positions.get(position)) {
            return false;
        }
        positions.set(position);
        return true;
    }

    /// A moment after the last result of runs that are over, with room for workers whose clocks differ; null when one
    /// may still get results.
    private static @Nullable Instant until(Collection<RunState> runs) {
        Instant last = null;
        for (RunState run : runs) {
            if (run.getFinishedAt() == null) {
                return null;
            }
            Instant end = run.getLastResultAt();
            if (end != null && (last == null || end.isAfter(last))) {
                last = end;
            }
        }
        return last == null ? null : last.plus(CLOCK_SKEW);
    }

    private Map<TopicPartition, Long> seek(Consumer<String, byte[]> consumer, Instant from, @Nullable Instant until) {
        String topic = fleet.topics().results().name();
        var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
        Map<TopicPartition, OffsetAndTimestamp> starts = at(consumer, partitions, from);
        Map<TopicPartition, OffsetAndTimestamp> stops = until == null ? Map.of() : at(consumer, partitions, until);
        stops.forEach((partition, stop) -> {
            if (stop != null) {
                ends.put(partition, stop.offset());
            }
        });
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp start = starts.get(partition);
            if (start == null) {
                consumer.seek(partition, ends.getOrDefault(partition, 0L));
            } else {
                consumer.seek(partition, start.offset());
            }
        }
        return ends;
    }

    private static Map<TopicPartition, OffsetAndTimestamp> at(
            Consumer<String, byte[]> consumer, Collection<TopicPartition> partitions, Instant time) {
        return consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> time.toEpochMilli())));
    }

    /// What cannot be decoded was dead-lettered by the aggregator, and counts nowhere.
    private @Nullable SampleResult decode(ConsumerRecord<String, byte[]> fetched) {
        try {
            return fetched.value() == null ? null : fleet.decode(fleet.topics().results(), fetched.value());
        } catch (UndecodableException broken) {
            return null;
        }
    }
}
