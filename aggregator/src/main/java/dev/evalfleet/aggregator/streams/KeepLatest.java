package dev.evalfleet.aggregator.streams;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Fills a global store with the newest value of each key of a topic, as bytes: readers decode the few they ask for.
public final class KeepLatest implements Processor<String, byte[], Void, Void> {
    private final String storeName;
    private @Nullable KeyValueStore<String, byte[]> store;

    private KeepLatest(String storeName) {
        this.storeName = storeName;
    }

    public static void of(StreamsBuilder builder, String topic, String storeName, StoreKind kind) {
        builder.addGlobalStore(
                kind.store(storeName, Serdes.ByteArray()).withLoggingDisabled(),
                topic,
                Consumed.with(Serdes.String(), Serdes.ByteArray()).withName("follow-" + storeName),
                () -> new KeepLatest(storeName));
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(storeName);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (store != null && record.key() != null) {
            store.put(record.key(), record.value());
        }
    }
}
