package dev.evalfleet.schemas;

import dev.evalfleet.schemas.wire.AvroSerde;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// One topic: where it is, what it carries, how it is cleaned. Keys are strings (UTF-8).
///
/// @param retention how long records are kept; has no meaning for [Cleanup#COMPACT]
public record Topic<V>(String name, Class<V> type, Cleanup cleanup, Duration retention, int partitions) {
    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /// What happens to old records; [#policy()] is Kafka's `cleanup.policy`.
    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        public String policy() {
            return policy;
        }

        public boolean compacts() {
            return this != DELETE;
        }

        public boolean expires() {
            return this != COMPACT;
        }
    }

    public Topic {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(cleanup, "cleanup");
        Objects.requireNonNull(retention, "retention");
        if (!LEGAL.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "topic name must be 1 to 249 letters, digits, '.', '_' or '-', but is \"" + name + "\"");
        }
        if (partitions < 1) {
            throw new IllegalArgumentException(name + ": partitions must be at least 1, was " + partitions);
        }
    }

    /// The subject under which the registry keeps the schemas of this topic's values.
    public String subject() {
        return name + "-value";
    }

    /// Whether values are Avro records; dead letters are the only exception: they keep their original bytes.
    public boolean isAvro() {
        return SpecificRecord.class.isAssignableFrom(type);
    }

    public Topic<V> withPartitions(int count) {
        return new Topic<>(name, type, cleanup, retention, count);
    }

    /// Framed Avro, or the bytes as they are for dead letters.
    @SuppressWarnings("unchecked") // the two branches are what `type` says
    public Serde<V> serde(SchemaRegistry registry) {
        if (!isAvro()) {
            return (Serde<V>) Serdes.ByteArray();
        }
        return (Serde<V>) AvroSerde.of(type.asSubclass(SpecificRecord.class), subject(), registry);
    }
}
