package dev.evalfleet.producer.request;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Writes all plans of a request and the offset of the request in one transaction. Used by one thread.
final class PlanWriter implements AutoCloseable {
    private static final int TRANSACTION_MILLIS = 60_000;

    private final Fleet fleet;
    private final String transactionalId;
    private @Nullable Producer<String, byte[]> producer;

    PlanWriter(Fleet fleet, String name) {
        this.fleet = fleet;
        this.transactionalId = transactionalId(fleet.topics(), name);
    }

    static String transactionalId(Topics topics, String name) {
        return topics.prefix() + "planner." + name;
    }

    /// @throws KafkaException when nothing was written; it can be tried again
    void write(
            List<ProducerRecord<String, byte[]>> plans,
            ConsumerRecord<String, byte[]> request,
            ConsumerGroupMetadata group) {
        Producer<String, byte[]> open = open();
        try {
            open.beginTransaction();
            for (ProducerRecord<String, byte[]> plan : plans) {
                // a failed send fails the commit
                Future<?> _ = open.send(plan);
            }
            open.sendOffsetsToTransaction(
                    Map.of(
                            new TopicPartition(request.topic(), request.partition()),
                            new OffsetAndMetadata(request.offset() + 1)),
                    group);
            open.commitTransaction();
        } catch (KafkaException e) {
            // a new producer aborts what the old one left behind
            close();
            throw e;
        }
    }

    private Producer<String, byte[]> open() {
        Producer<String, byte[]> open = producer;
        if (open == null) {
            open = fleet.kafka()
                    .producer(Map.of(
                            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                            transactionalId,
                            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                            TRANSACTION_MILLIS,
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            TRANSACTION_MILLIS / 2,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                            TRANSACTION_MILLIS / 4,
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                            TRANSACTION_MILLIS / 2));
            producer = open;
            open.initTransactions();
        }
        return open;
    }

    @Override
    public void close() {
        Producer<String, byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ofSeconds(5));
        }
    }
}
