package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.watch.Watches;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Drops the rows of runs that closed long ago. What was reported of them stays in their topics.
public final class Oblivion {
    private final RunStores stores;
    private final Watches watches;
    private final RunBook book;

    public Oblivion(RunStores stores, Watches watches, RunBook book) {
        this.stores = stores;
        this.watches = watches;
        this.book = book;
    }

    /// Forgets the runs that ended before that time.
    ///
    /// @return how many
    public int forgetClosedBefore(long time) {
        List<String> closed = new ArrayList<>();
        try (KeyValueIterator<String, Progress> rows = stores.progress().all()) {
            rows.forEachRemaining(row -> {
                if (!row.value.open() && row.value.finishedAt() < time) {
                    closed.add(row.key);
                }
            });
        }
        closed.forEach(this::forget);
        return closed.size();
    }

    private void forget(String runId) {
        book.forget(runId);
        watches.forget(runId);
        stores.plans().delete(runId);
        stores.progress().delete(runId);
        List.of(stores.positions(), stores.slices(), stores.metrics(), stores.clusters(), stores.ahead())
                .forEach(store -> forget(store, runId));
        watches.rowsByRun().forEach(store -> forget(store, runId));
    }

    private static void forget(KeyValueStore<String, ?> store, String runId) {
        List<String> keys = new ArrayList<>();
        try (KeyValueIterator<String, ?> rows = store.prefixScan(RowKey.prefix(runId), new StringSerializer())) {
            rows.forEachRemaining(row -> keys.add(row.key));
        }
        keys.forEach(store::delete);
    }
}
