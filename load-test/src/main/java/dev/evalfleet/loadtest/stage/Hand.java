package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunControl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;

/// What a scenario writes to the topics: requests and cancellations as a user would, and what nobody should.
public final class Hand implements AutoCloseable {
    private static final int LARGEST = 32 << 20;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int EMPTY_POLLS = 10;

    private final Fleet fleet;
    private final Producer<String, byte[]> producer;

    Hand(Fleet fleet) {
        this.fleet = fleet;
        this.producer = fleet.kafka()
                .producer(Map.of("max.request.size", LARGEST, "compression.type", "none", "buffer.memory", 64 << 20));
    }

    /// Publishes a request for a task on these models; the first is the baseline of the others.
    public void submit(String requestId, String task, List<String> models) {
        EvalRequest request = EvalRequest.newBuilder()
                .setRequestId(requestId)
                .setTasks(List.of(task))
                .setModels(models)
                .setBaseline(models.size() < 2 ? null : new Baseline(BaselineKind.MODEL, models.getFirst()))
                .build();
        send(fleet.record(fleet.topics().requests(), requestId, request));
    }

    public void cancel(String requestId) {
        RunControl cancel = RunControl.newBuilder()
                .setId(requestId)
                .setAction(ControlAction.CANCEL)
                .setReason("enough seen")
                .setBy("faults")
                .setAt(Instant.now())
                .build();
        send(fleet.record(fleet.topics().control(), requestId, cancel));
    }

    /// Any bytes under any key.
    public void raw(Topic<?> topic, @Nullable String key, byte @Nullable [] value) {
        send(record(topic.name(), null, key, value));
    }

    /// Lets a topic take records larger than the fleet's limit, as a careless operator might.
    public void allowLargeRecords(Topic<?> topic) {
        String largest = String.valueOf(LARGEST);
        alter(ConfigResource.Type.TOPIC, topic.name(), Map.of("max.message.bytes", largest, "segment.bytes", largest));
    }

    /// Appends the first records of a topic once more, as they are, to their partitions.
    ///
    /// @return how many
    public int replay(Topic<?> topic, int most) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(topic.name(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (int empty = 0; empty < EMPTY_POLLS && records.size() < most; ) {
                int before = records.size();
                consumer.poll(POLL).forEach(records::add);
                empty = records.size() == before ? empty + 1 : 0;
            }
        }
        List<ConsumerRecord<String, byte[]>> again = records.subList(0, Math.min(most, records.size()));
        for (ConsumerRecord<String, byte[]> each : again) {
            var _ = producer.send(record(topic.name(), each.partition(), each.key(), each.value()));
        }
        producer.flush();
        return again.size();
    }

    /// Members of these groups are missed after six seconds, not after 15.
    void shortenSessions() {
        String prefix = fleet.topics().prefix();
        for (String group : List.of("planner", "producer", "workers." + Configs.POOL)) {
            alter(ConfigResource.Type.GROUP, prefix + group, Map.of("consumer.session.timeout.ms", "6000"));
        }
    }

    private void alter(ConfigResource.Type type, String name, Map<String, String> values) {
        List<AlterConfigOp> operations = values.entrySet().stream()
                .map(value ->
                        new AlterConfigOp(new ConfigEntry(value.getKey(), value.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = fleet.kafka().admin()) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), operations))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("%s cannot be set on %s".formatted(values, name), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the broker did not take a record for %s: %s".formatted(record.topic(), e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("NullAway") // keys and values may be null: that is the point
    private static ProducerRecord<String, byte[]> record(
            String topic, @Nullable Integer partition, @Nullable String key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, partition, key, value);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
