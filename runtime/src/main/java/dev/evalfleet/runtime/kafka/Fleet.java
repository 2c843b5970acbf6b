package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.AvroSerde;
import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import dev.evalfleet.schemas.wire.UndecodableException;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/// What every process is connected to: the broker, the schema registry, the topics and its own meters.
public final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaConfig kafka;
    private final SchemaRegistry registry;
    private final Topics topics;
    private final MeterRegistry meters;
    private final int replication;
    private final Map<String, Serde<?>> serdes = new ConcurrentHashMap<>();

    public Fleet(KafkaConfig kafka, SchemaRegistry registry, Topics topics, MeterRegistry meters) {
        this(kafka, registry, topics, meters, -1);
    }

    /// @param replication copies of the topics this process creates; -1 leaves it to the broker
    public Fleet(KafkaConfig kafka, SchemaRegistry registry, Topics topics, MeterRegistry meters, int replication) {
        this.kafka = kafka;
        this.registry = registry;
        this.topics = topics;
        this.meters = meters;
        this.replication = replication;
    }

    /// Reads the sections `kafka`, `registry` and `topics`, and checks that broker and registry answer.
    ///
    /// @throws OperatorException with one sentence saying what is wrong and what to do
    public static Fleet connect(Settings settings) {
        KafkaConfig kafka = KafkaConfig.from(settings);
        RegistryAccess access = RegistrySettings.from(settings);
        Settings section = settings.section("topics");
        String prefix = section.string("prefix", Topics.DEFAULT_PREFIX);
        int samplePartitions = section.integer("sample-partitions", Topics.DEFAULT_SAMPLE_PARTITIONS);
        int replication = section.integer("replication", -1);
        Topics topics = section.build(() -> new Topics(prefix, samplePartitions));
        BrokerCheck.reachable(kafka, PATIENCE);
        return new Fleet(kafka, answering(access), topics, processMeters(), replication);
    }

    public KafkaConfig kafka() {
        return kafka;
    }

    public SchemaRegistry registry() {
        return registry;
    }

    public Topics topics() {
        return topics;
    }

    public MeterRegistry meters() {
        return meters;
    }

    /// Creates the topics that are missing and checks those that are there, and makes sure that the registry has the
    /// schemas of their values: whoever wants to write or read them can then ask for these.
    ///
    /// @throws OperatorException saying what differs, what the registry refuses, or what does not answer
    public void ensure(Collection<? extends Topic<?>> needed) {
        new TopicAdmin(kafka, replication).ensure(needed);
        try {
            for (Topic<?> topic : needed) {
                if (serde(topic) instanceof AvroSerde<?> avro) {
                    avro.schemaId();
                }
            }
        } catch (RegistryUnavailableException e) {
            throw new UnreachableException(String.valueOf(e.getMessage()), e);
        } catch (IncompatibleSchemaException | UnknownSchemaException e) {
            throw new OperatorException(String.valueOf(e.getMessage()), e);
        }
    }

    public <V> ProducerRecord<String, byte[]> record(Topic<V> topic, String key, V value) {
        return new ProducerRecord<>(topic.name(), key, encode(topic, value));
    }

    /// What removes a key from a compacted topic.
    @SuppressWarnings("NullAway") // a null value is what a tombstone is
    public ProducerRecord<String, byte[]> tombstone(Topic<?> topic, String key) {
        return new ProducerRecord<>(topic.name(), key, null);
    }

    public <V> byte[] encode(Topic<V> topic, V value) {
        return serde(topic).serializer().serialize(topic.name(), value);
    }

    public <V> V decode(Topic<V> topic, byte[] bytes) throws UndecodableException {
        return serde(topic).deserializer().deserialize(topic.name(), bytes);
    }

    /// The value of a record, or null for a tombstone. The message of a failure says where the record is.
    public <V> @Nullable V decode(Topic<V> topic, ConsumerRecord<String, byte[]> at) throws UndecodableException {
        byte @Nullable [] bytes = at.value();
        if (bytes == null) {
            return null;
        }
        try {
            if (bytes.length > KafkaConfig.MAX_RECORD_BYTES) { // it came compressed; none of ours is as large
                throw new UndecodableException("the value has %d bytes, more than the %d that are read"
                        .formatted(bytes.length, KafkaConfig.MAX_RECORD_BYTES));
            }
            return decode(topic, bytes);
        } catch (UndecodableException e) {
            throw new UndecodableException(
                    "%s-%d@%d: %s".formatted(at.topic(), at.partition(), at.offset(), e.getMessage()), e);
        }
    }

    @SuppressWarnings("unchecked") // a topic's name decides its type
    public <V> Serde<V> serde(Topic<V> topic) {
        return (Serde<V>) serdes.computeIfAbsent(topic.name(), _ -> topic.serde(registry));
    }

    @Override
    public void close() {
        registry.close();
        meters.close();
    }

    private static MeterRegistry processMeters() {
        MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        return meters;
    }

    private static SchemaRegistry answering(RegistryAccess access) {
        SchemaRegistry registry = new HttpSchemaRegistry(access);
        try {
            registry.subjects();
            return registry;
        } catch (RegistryUnavailableException e) {
            registry.close();
            throw new UnreachableException(String.valueOf(e.getMessage()), e);
        }
    }
}
