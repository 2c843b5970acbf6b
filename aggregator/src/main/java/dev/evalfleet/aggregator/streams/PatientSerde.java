package dev.evalfleet.aggregator.streams;

import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for a schema registry that does not answer, instead of giving up on the record at hand: it says nothing
/// about it. After a few minutes the process ends and is started again, as Kafka would take its partitions away
/// anyway.
public final class PatientSerde<V> implements Serde<V> {
    private static final Logger LOG = LoggerFactory.getLogger(PatientSerde.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Serde<V> inner;
    private final Duration patience;

    public PatientSerde(Serde<V> inner, Duration patience) {
        this.inner = inner;
        this.patience = patience;
    }

    @Override
    public Serializer<V> serializer() {
        Serializer<V> serializer = inner.serializer();
        return (topic, value) -> patiently(topic, () -> serializer.serialize(topic, value));
    }

    @Override
    public Deserializer<V> deserializer() {
        Deserializer<V> deserializer = inner.deserializer();
        return (topic, bytes) -> patiently(topic, () -> deserializer.deserialize(topic, bytes));
    }

    private <R> R patiently(String topic, Supplier<R> action) {
        long start = System.nanoTime();
        while (true) {
            try {
                return action.get();
            } catch (RegistryUnavailableException e) {
                if (System.nanoTime() - start > patience.toNanos()) {
                    throw e;
                }
                LOG.warn("waiting for the schema registry topic={} reason=\"{}\"", topic, e.getMessage());
                pause(e);
            }
        }
    }

    private static void pause(RegistryUnavailableException reason) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }
}
