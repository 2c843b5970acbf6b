package dev.evalfleet.aggregator.streams;

import dev.evalfleet.aggregator.codec.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Removes the rows of owners that are done with, so that stores do not grow for ever: a bounded number at a time,
/// one look per owner and not per row.
public final class Sweep<V> {
    public static final Duration EVERY = Duration.ofMinutes(5);

    private static final int AT_MOST = 20_000;

    /// Whether the rows of an owner may go.
    @FunctionalInterface
    public interface Expiry<V> {
        boolean expired(String owner, V firstRow);
    }

    private final KeyValueStore<String, V> rows;
    private final Expiry<V> expiry;

    public Sweep(KeyValueStore<String, V> rows, Expiry<V> expiry) {
        this.rows = rows;
        this.expiry = expiry;
    }

    /// Removes what may go, up to a bound; the next run goes on.
    public void run() {
        int removed = 0;
        String from = "";
        while (removed < AT_MOST) {
            List<String> keys = new ArrayList<>();
            String owner = expiredRows(from, AT_MOST - removed, keys);
            keys.forEach(rows::delete);
            removed += keys.size();
            if (owner.isEmpty()) {
                return;
            }
            from = RowKey.after(owner);
        }
    }

    // The first owner from there, empty at the end; its rows are collected if they may go.
    private String expiredRows(String from, int atMost, List<String> keys) {
        try (KeyValueIterator<String, V> iterator = rows.range(from, null)) {
            if (!iterator.hasNext()) {
                return "";
            }
            KeyValue<String, V> first = iterator.next();
            String owner = RowKey.owner(first.key);
            if (expiry.expired(owner, first.value)) {
                keys.add(first.key);
                while (keys.size() < atMost && iterator.hasNext()) {
                    String key = iterator.next().key;
                    if (!RowKey.owner(key).equals(owner)) {
                        break;
                    }
                    keys.add(key);
                }
            }
            return owner;
        }
    }
}
