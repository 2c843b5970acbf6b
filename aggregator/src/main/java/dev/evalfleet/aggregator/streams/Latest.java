package dev.evalfleet.aggregator.streams;

import dev.evalfleet.schemas.wire.UndecodableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/// The newest value of each key of a topic, from the global store that [KeepLatest] fills.
public final class Latest<V> {
    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final Deserializer<V> values;

    public Latest(ReadOnlyKeyValueStore<String, byte[]> store, Deserializer<V> values) {
        this.store = store;
        this.values = values;
    }

    /// Those whose keys begin so, without the ones that cannot be read.
    public void forEach(String prefix, BiConsumer<String, V> action) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> rows = store.prefixScan(prefix, new StringSerializer())) {
            rows.forEachRemaining(row -> keys.add(row.key));
        }
        for (String key : keys) {
            V value = get(key);
            if (value != null) {
                action.accept(key, value);
            }
        }
    }

    /// Null where there is none, or none that can be read.
    public @Nullable V get(String key) {
        byte[] bytes = store.get(key);
        if (bytes == null) {
            return null;
        }
        try {
            return values.deserialize("", bytes);
        } catch (UndecodableException e) {
            return null;
        }
    }
}
