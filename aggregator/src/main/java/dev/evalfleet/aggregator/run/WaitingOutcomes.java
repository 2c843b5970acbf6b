package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// Outcomes of runs whose plan has not come yet. So many in all, so long each: a plan that never comes must not fill
/// the disk.
public final class WaitingOutcomes {
    /// @param at record time of the outcome
    /// @param since when it began to wait
    public record Waiting(String runId, Outcome outcome, long at, long since) {
        static final Codec<Waiting> CODEC = Codec.of(1, Waiting::write, Waiting::read);

        private void write(Out out) {
            out.text(runId).blob(Outcome.CODEC.toBytes(outcome)).whole(at).whole(since);
        }

        private static Waiting read(In in) {
            return new Waiting(in.text(), Outcome.CODEC.fromBytes(in.blob()), in.whole(), in.whole());
        }
    }

    private final KeyValueStore<String, Waiting> rows;
    private final int atMost;
    private int count;

    public WaitingOutcomes(KeyValueStore<String, Waiting> rows, int atMost) {
        this.rows = rows;
        this.atMost = atMost;
        try (KeyValueIterator<String, Waiting> all = rows.all()) {
            all.forEachRemaining(_ -> count++);
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public boolean isFull() {
        return count >= atMost;
    }

    public void add(Waiting waiting) {
        if (rows.putIfAbsent(key(waiting.runId, waiting.outcome), waiting) == null) {
            count++;
        }
    }

    /// All that wait for this run, in the order of their positions; they wait no longer.
    public List<Waiting> take(String runId) {
        if (isEmpty()) {
            return List.of();
        }
        List<KeyValue<String, Waiting>> found = new ArrayList<>();
        try (KeyValueIterator<String, Waiting> mine = rows.prefixScan(RowKey.prefix(runId), new StringSerializer())) {
            mine.forEachRemaining(found::add);
        }
        return remove(found);
    }

    /// Those that waited for longer; they wait no longer.
    public List<Waiting> takeOlderThan(Duration age, long now, int limit) {
        if (isEmpty()) {
            return List.of();
        }
        List<KeyValue<String, Waiting>> found = new ArrayList<>();
        try (KeyValueIterator<String, Waiting> all = rows.all()) {
            while (all.hasNext() && found.size() < limit) {
                KeyValue<String, Waiting> row = all.next();
                if (row.value.since < now - age.toMillis()) {
                    found.add(row);
                }
            }
        }
        return remove(found);
    }

    private List<Waiting> remove(List<KeyValue<String, Waiting>> found) {
        found.forEach(row -> rows.delete(row.key));
        count -= found.size();
        return found.stream().map(row -> row.value).toList();
    }

    // The last part keeps an outcome before its pair, and repeats apart from each other.
    private static String key(String runId, Outcome outcome) {
        String kind =
                switch (outcome) {
                    case Outcome.Ended _ -> "0";
                    case Outcome.Paired paired -> "1" + paired.baselineRunId();
                    case Outcome.Repeated repeated -> "2" + repeated.origin();
                };
        return RowKey.of(RowKey.of(runId, outcome.position()), kind);
    }
}
