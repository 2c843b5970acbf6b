package dev.evalfleet.producer.dispatch.log;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// The broker through one idempotent producer and one admin client. Samples are sent without transactions on purpose:
/// commit markers would keep the lag above zero, and the autoscaler from scaling to zero.
public final class KafkaDispatchLog implements DispatchLog {
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Fleet fleet;
    private final Producer<String, byte[]> producer;
    private final PoolGroups groups;

    public KafkaDispatchLog(Fleet fleet) {
        this.fleet = fleet;
        this.producer = fleet.kafka()
                .producer(Map.of(
                        ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000));
        this.groups = new PoolGroups(fleet);
    }

    @Override
    public void prepare(Collection<Pool> pools) {
        fleet.ensure(pools.stream().map(groups::topic).toList());
    }

    @Override
    public Map<String, Outstanding> outstanding(Collection<Pool> pools) {
        return groups.outstanding(pools);
    }

    @Override
    public boolean startGroup(Pool pool, Outstanding outstanding, boolean atEnd) {
        return groups.start(pool, outstanding, atEnd);
    }

    @Override
    public CompletableFuture<Delivery> send(Pool pool, int partition, Sample sample) {
        String key = Ids.sampleKey(sample.getRunId(), sample.getDocumentId());
        return send(groups.topic(pool), partition, key, sample);
    }

    @Override
    public CompletableFuture<Delivery> publish(DispatchCursor cursor) {
        return send(fleet.topics().dispatch(), null, cursor.getRunId(), cursor);
    }

    @Override
    public CompletableFuture<Delivery> publish(RunControl control) {
        return send(fleet.topics().control(), null, control.getId(), control);
    }

    @Override
    public CompletableFuture<Delivery> publish(Alert alert) {
        return send(fleet.topics().alerts(), null, alert.getRunId(), alert);
    }

    @Override
    public void flush() {
        producer.flush();
    }

    @Override
    public void trim(Pool pool, Outstanding outstanding) {
        groups.trim(pool, outstanding);
    }

    @Override
    public BooleanSupplier resultsRead() {
        return groups.resultsRead();
    }

    @Override
    public int workers(Pool pool) {
        return groups.members(pool);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
        groups.close();
    }

    private <V> CompletableFuture<Delivery> send(Topic<V> topic, @Nullable Integer partition, String key, V value) {
        CompletableFuture<Delivery> delivery = new CompletableFuture<>();
        try {
            byte[] bytes = fleet.encode(topic, value);
            var _ = producer.send(
                    new ProducerRecord<>(topic.name(), partition, key, bytes),
                    (at, problem) ->
                            delivery.complete(problem == null ? new Delivery.Arrived(at.offset()) : failure(problem)));
        } catch (RuntimeException e) {
            delivery.complete(failure(e));
        }
        return delivery;
    }

    // What is neither Kafka's nor the registry's fault is the record's own: a value that Avro cannot write.
    private static Delivery failure(Exception problem) {
        return switch (problem) {
            case RecordTooLargeException e -> new Delivery.Refused(String.valueOf(e.getMessage()));
            case SerializationException e -> new Delivery.Refused(String.valueOf(e.getMessage()));
            case KafkaException e -> new Delivery.Failed(e);
            case RegistryUnavailableException e -> new Delivery.Failed(e);
            case IllegalStateException e -> new Delivery.Failed(e);
            default -> new Delivery.Refused(problem.toString());
        };
    }
}
