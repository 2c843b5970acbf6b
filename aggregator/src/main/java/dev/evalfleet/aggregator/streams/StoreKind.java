package dev.evalfleet.aggregator.streams;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Where state is kept between records; either way its changelog topic has all of it.
public enum StoreKind {
    /// On disk, for real fleets: restarts read little, memory stays bounded.
    ROCKSDB,
    /// On the heap, for a fleet on one machine: starts at once, restarts read the changelogs.
    MEMORY;

    public <V> StoreBuilder<KeyValueStore<String, V>> store(String name, Serde<V> values) {
        return Stores.keyValueStoreBuilder(supplier(name), Serdes.String(), values);
    }

    private KeyValueBytesStoreSupplier supplier(String name) {
        return switch (this) {
            case ROCKSDB -> Stores.persistentKeyValueStore(name);
            case MEMORY -> Stores.inMemoryKeyValueStore(name);
        };
    }
}
