package dev.evalfleet.aggregator.codec;

import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/// How a value of ours is kept in state stores and internal topics: its format version, then its fields.
///
/// A newer version of the program reads rows of every older version; an older program refuses newer rows and says so.
public final class Codec<T> implements Serde<T> {
    private final int version;
    private final BiConsumer<T, Out> writer;
    private final Function<In, T> reader;

    private Codec(int version, BiConsumer<T, Out> writer, Function<In, T> reader) {
        this.version = version;
        this.writer = writer;
        this.reader = reader;
    }

    public static <T> Codec<T> of(int version, BiConsumer<T, Out> writer, Function<In, T> reader) {
        return new Codec<>(version, writer, reader);
    }

    public byte[] toBytes(T value) {
        Out out = new Out().whole(version);
        writer.accept(value, out);
        return out.toBytes();
    }

    public T fromBytes(byte[] bytes) {
        In in = new In(bytes);
        if (in.version() > version) {
            throw new IllegalStateException(
                    "a row was written in format " + in.version() + ", this program reads up to " + version
                            + ": run the newer version, or wipe the aggregator's state");
        }
        return reader.apply(in);
    }

    @Override
    public Serializer<T> serializer() {
        return (_, value) -> value == null ? null : toBytes(value);
    }

    @Override
    public Deserializer<T> deserializer() {
        return (_, bytes) -> bytes == null ? null : fromBytes(bytes);
    }
}
