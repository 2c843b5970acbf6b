package dev.evalfleet.producer.dispatch;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.log.Delivery;
import dev.evalfleet.producer.dispatch.log.DispatchLog;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// A broker with workers in memory: samples by pool and partition, commits that advance when told to.
final class InMemoryLog implements DispatchLog {
    final List<Sample> sent = new ArrayList<>();
    final Map<String, DispatchCursor> cursors = new LinkedHashMap<>();
    final List<RunControl> controls = new ArrayList<>();
    final List<Alert> alerts = new ArrayList<>();
    final Map<String, Map<Integer, Long>> trimmed = new HashMap<>();
    final List<String> startedGroups = new ArrayList<>();
    private final Map<String, Map<Integer, List<Sample>>> topics = new HashMap<>();
    private final Map<String, Map<Integer, OffsetAndMetadata>> commits = new HashMap<>();
    Predicate<Sample> refuses = _ -> false;
    Predicate<Sample> fails = _ -> false;
    boolean down;
    int prepared;

    @Override
    public void prepare(Collection<Pool> pools) {
        prepared++;
        for (Pool pool : pools) {
            Map<Integer, List<Sample>> partitions = topic(pool.name());
            for (int partition = 0; partition < pool.partitions(); partition++) {
                partitions.computeIfAbsent(partition, _ -> new ArrayList<>());
            }
        }
    }

    @Override
    public Map<String, Outstanding> outstanding(Collection<Pool> pools) {
        if (down) {
            throw new KafkaException("the broker is down");
        }
        if (pools.stream().anyMatch(pool -> topic(pool.name()).isEmpty())) {
            throw new UnknownTopicOrPartitionException("This server does not host this topic-partition.");
        }
        return pools.stream()
                .collect(Collectors.toMap(
                        Pool::name, pool -> new Outstanding(Map.of(), ends(pool.name()), commits(pool.name()))));
    }

    @Override
    public boolean startGroup(Pool pool, Outstanding outstanding, boolean atEnd) {
        startedGroups.add(pool.name() + (atEnd ? " at end" : " at start"));
        for (int partition : outstanding.uncommitted()) {
            long start = atEnd ? outstanding.end(partition) : outstanding.commitPoint(partition);
            commits(pool.name()).put(partition, new OffsetAndMetadata(start));
        }
        return true;
    }

    @Override
    public CompletableFuture<Delivery> send(Pool pool, int partition, Sample sample) {
        if (refuses.test(sample)) {
            return CompletableFuture.completedFuture(new Delivery.Refused("too large"));
        }
        if (fails.test(sample)) {
            return CompletableFuture.completedFuture(new Delivery.Failed(new KafkaException("not now")));
        }
        sent.add(sample);
        List<Sample> log = partition(pool.name(), partition);
        log.add(sample);
        return CompletableFuture.completedFuture(new Delivery.Arrived(log.size() - 1));
    }

    @Override
    public CompletableFuture<Delivery> publish(DispatchCursor cursor) {
        cursors.put(cursor.getRunId(), cursor);
        return CompletableFuture.completedFuture(new Delivery.Arrived(0));
    }

    @Override
    public CompletableFuture<Delivery> publish(RunControl control) {
        controls.add(control);
        return CompletableFuture.completedFuture(new Delivery.Arrived(0));
    }

    @Override
    public CompletableFuture<Delivery> publish(Alert alert) {
        if (down) {
            return CompletableFuture.completedFuture(new Delivery.Failed(new KafkaException("not now")));
        }
        alerts.add(alert);
        return CompletableFuture.completedFuture(new Delivery.Arrived(0));
    }

    @Override
    public void flush() {}

    @Override
    public void trim(Pool pool, Outstanding outstanding) {
        Map<Integer, Long> below = new HashMap<>();
        for (int partition = 0; partition < pool.partitions(); partition++) {
            below.put(partition, outstanding.commitPoint(partition));
        }
        trimmed.put(pool.name(), below);
    }

    @Override
    public java.util.function.BooleanSupplier resultsRead() {
        return () -> true;
    }

    @Override
    public int workers(Pool pool) {
        return 0;
    }

    @Override
    public void close() {}

    /// The workers of a pool finish and commit everything that is there.
    void finishAll(String pool) {
        ends(pool).forEach((partition, end) -> commits(pool).put(partition, new OffsetAndMetadata(end)));
    }

    /// The pool's topic is deleted, and with it what was in it and the group's commits.
    void delete(String pool) {
        topic(pool).clear();
        commits(pool).clear();
    }

    /// The commits of a pool's group expire.
    void expire(String pool) {
        commits(pool).clear();
    }

    Map<Integer, Integer> sizes(String pool) {
        return topic(pool).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .size()));
    }

    List<Long> positions(String runId) {
        return sent.stream()
                .filter(sample -> sample.getRunId().equals(runId))
                .map(Sample::getPosition)
                .toList();
    }

    DispatchCursor cursor(String runId) {
        return Objects.requireNonNull(cursors.get(runId), runId);
    }

    private Map<Integer, List<Sample>> topic(String pool) {
        return topics.computeIfAbsent(pool, _ -> new HashMap<>());
    }

    private List<Sample> partition(String pool, int partition) {
        return topic(pool).computeIfAbsent(partition, _ -> new ArrayList<>());
    }

    private Map<Integer, OffsetAndMetadata> commits(String pool) {
        return commits.computeIfAbsent(pool, _ -> new HashMap<>());
    }

    private Map<Integer, Long> ends(String pool) {
        return topic(pool).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                (long) entry.getValue().size()));
    }
}
