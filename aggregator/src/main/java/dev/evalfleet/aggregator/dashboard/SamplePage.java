package dev.evalfleet.aggregator.dashboard;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/// One page of a run's samples, read from the results topic: it starts where the run's first result is by time, and
/// stops when the page is full, the run's last result is passed, or enough was scanned.
///
/// @param samples of this page, by position
/// @param next where the next page starts, by partition; empty when there is none
/// @param scanned records looked at
record SamplePage(List<SampleResult> samples, Map<Integer, Long> next, long scanned) {

    /// Clocks of workers differ a little; a run's results are looked for this much around its times.
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long MOST_SCANNED = 200_000;
    private static final int MOST_EMPTY_POLLS = 4;

    /// Which samples to show.
    enum Show {
        ALL,
        WRONG,
        FAILED;

        boolean matches(SampleResult result) {
            return switch (this) {
                case ALL -> true;
                case FAILED -> result.getStatus() == SampleStatus.FAILED;
                case WRONG ->
                    result.getStatus() == SampleStatus.SCORED
                            && result.getScores().stream().anyMatch(score -> score.getValue() == 0);
            };
        }
    }

    /// Reads a page of at most `most` samples of the run.
    ///
    /// @param from where to start, by partition, as a page before said; empty: at the run's first result
    static SamplePage read(Fleet fleet, RunState run, Show show, int most, Map<Integer, Long> from) {
        Instant first = run.getFirstResultAt();
        if (first == null) {
            return new SamplePage(List.of(), Map.of(), 0);
        }
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of("max.poll.records", 500))) {
            String topic = fleet.topics().results().name();
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = ends(consumer, partitions, run);
            Map<TopicPartition, Long> starts =
                    from.isEmpty() ? at(consumer, partitions, first.minus(CLOCK_SKEW), ends) : resume(topic, from);
            return new Reading(fleet, run.getId(), show, most, ends).read(consumer, starts);
        }
    }

    private static Map<TopicPartition, Long> ends(
            Consumer<String, byte[]> consumer, Collection<TopicPartition> partitions, RunState run) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Instant last = run.getLastResultAt();
        return run.getFinishedAt() == null || last == null
                ? ends
                : at(consumer, partitions, last.plus(CLOCK_SKEW), ends);
    }

    private static Map<TopicPartition, Long> at(
            Consumer<String, byte[]> consumer,
            Collection<TopicPartition> partitions,
            Instant time,
            Map<TopicPartition, Long> otherwise) {
        var times = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> times.put(partition, time.toEpochMilli()));
        var offsets = new HashMap<TopicPartition, Long>(otherwise);
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                consumer.offsetsForTimes(times).entrySet()) {
            if (found.getValue() != null) {
                offsets.put(found.getKey(), found.getValue().offset());
            }
        }
        return offsets;
    }

    private static Map<TopicPartition, Long> resume(String topic, Map<Integer, Long> from) {
        var starts = new HashMap<TopicPartition, Long>();
        from.forEach((partition, offset) -> starts.put(new TopicPartition(topic, partition), offset));
        return starts;
    }

    /// The state of one reading.
    private static final class Reading {
        private final Fleet fleet;
        private final String runId;
        private final Show show;
        private final int most;
        private final Map<TopicPartition, Long> ends;
        private final List<SampleResult> found = new ArrayList<>();
        private final Set<Long> positions = new HashSet<>();
        private final Map<Integer, Long> next = new TreeMap<>();
        private long scanned;

        Reading(Fleet fleet, String runId, Show show, int most, Map<TopicPartition, Long> ends) {
            this.fleet = fleet;
            this.runId = runId;
            this.show = show;
            this.most = most;
            this.ends = ends;
        }

        SamplePage read(Consumer<String, byte[]> consumer, Map<TopicPartition, Long> starts) {
            starts.forEach((partition, start) -> {
                if (start < ends.getOrDefault(partition, 0L)) {
                    next.put(partition.partition(), start);
                }
            });
            consumer.assign(starts.keySet());
            starts.forEach(consumer::seek);
            int empty = 0;
            while (!next.isEmpty() && found.size() < most && scanned < MOST_SCANNED && empty < MOST_EMPTY_POLLS) {
                var records = consumer.poll(POLL);
                empty = records.isEmpty() ? empty + 1 : 0;
                for (ConsumerRecord<String, byte[]> record : records) {
                    take(record);
                }
            }
            found.sort(Comparator.comparingLong(SampleResult::getPosition));
            return new SamplePage(found, next, scanned);
        }

        private void take(ConsumerRecord<String, byte[]> at) {
            if (found.size() >= most || !next.containsKey(at.partition())) {
                return;
            }
            long end = ends.getOrDefault(new TopicPartition(at.topic(), at.partition()), 0L);
            if (at.offset() + 1 >= end) {
                next.remove(at.partition());
            } else {
                next.put(at.partition(), at.offset() + 1);
            }
            if (at.offset() >= end) {
                return;
            }
            scanned++;
            try {
                SampleResult result = fleet.decode(fleet.topics().results(), at);
                if (result != null
                        && result.getRunId().equals(runId)
                        && show.matches(result)
                        && positions.add(result.getPosition())) {
                    found.add(result);
                }
            } catch (UndecodableException e) {
                return; // the aggregator has dead-lettered it; a page shows what can be read
            }
        }
    }
}
