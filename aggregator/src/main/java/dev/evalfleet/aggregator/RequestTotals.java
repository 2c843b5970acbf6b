package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.run.RequestReport;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.aggregator.streams.Sweep;
import dev.evalfleet.aggregator.streams.Ticker;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/// Sums up the runs of a request. It ends when all of its runs have, and their pairs are there or do not come any
/// more.
final class RequestTotals implements Processor<String, RunSummary, String, Emission> {
    static final String STORE = "request-runs";

    /// Pairs come right after the outcomes they are made of; what has not come by then was lost or cancelled.
    private static final Duration PAIRS_WITHIN = Duration.ofSeconds(2);

    private final ProcessorContext<String, Emission> context;
    private final Pace pace;
    private final Latest<RunControl> controls;
    private final KeyValueStore<String, RunSummary> rows;
    private final Set<String> changed = new LinkedHashSet<>();
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Long> settling = new TreeMap<>();
    private final Ticker ticker;

    private RequestTotals(ProcessorContext<String, Emission> context, Pace pace, Latest<RunControl> controls) {
        this.context = context;
        this.pace = pace;
        this.controls = controls;
        this.rows = context.getStateStore(STORE);
        this.ticker = new Ticker(context, pace.tick(), this::tick);
        ticker.wake();
        context.schedule(Sweep.EVERY, PunctuationType.WALL_CLOCK_TIME, this::sweep);
        forEach((requestId, report) -> {
            if (!report.allEnded() || report.pairsOpen() > 0) {
                changed.add(requestId);
            }
        });
    }

    static ProcessorSupplier<String, RunSummary, String, Emission> supplier(
            StoreKind stores, Pace pace, Serde<RunControl> controls) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, RunSummary, String, Emission> get() {
                return new Initialised<>(context -> new RequestTotals(
                        context,
                        pace,
                        new Latest<>(context.getStateStore(EvalTopology.CONTROLS), controls.deserializer())));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(stores.store(STORE, RunSummary.CODEC).withCachingEnabled());
            }
        };
    }

    @Override
    public void process(Record<String, RunSummary> record) {
        ticker.wake();
        RunSummary summary = record.value();
        String key = RowKey.of(record.key(), summary.runId());
        RunSummary before = rows.get(key);
        rows.put(key, summary);
        settling.computeIfPresent(record.key(), (_, _) -> now());
        boolean turned = before == null
                || before.status() != summary.status()
                || !Objects.equals(outcome(before), outcome(summary))
                || (before.pairsOpen() > 0) != (summary.pairsOpen() > 0);
        if (turned) {
            say(record.key(), false);
        } else {
            changed.add(record.key());
        }
    }

    private static @Nullable VerdictOutcome outcome(RunSummary summary) {
        return summary.judgement() == null ? null : summary.judgement().outcome();
    }

    private boolean tick(long now) {
        List<String> due = new ArrayList<>(changed);
        due.forEach(requestId -> say(requestId, false));
        List<String> settled = settling.entrySet().stream()
                .filter(entry -> now - entry.getValue() >= PAIRS_WITHIN.toMillis())
                .map(Map.Entry::getKey)
                .toList();
        settled.forEach(requestId -> say(requestId, true));
        return !settling.isEmpty();
    }

    private void say(String requestId, boolean withoutPairs) {
        changed.remove(requestId);
        RequestReport report = new RequestReport(requestId, runs(requestId));
        if (report.allEnded() && report.pairsOpen() > 0 && !withoutPairs) {
            settling.putIfAbsent(requestId, now());
        } else {
            settling.remove(requestId);
        }
        boolean ended = report.allEnded() && (withoutPairs || report.pairsOpen() == 0);
        RunState state = report.state(ended, Instant.ofEpochMilli(now()));
        context.forward(new Record<>(requestId, new Emission.RunChanged(state), now()));
        report.baselinesNobodyNeeds().stream()
                .filter(asked::add)
                .filter(baseline -> controls.get(baseline) == null) // an aggregator before this one did
                .forEach(this::stop);
    }

    private void stop(String baselineRunId) {
        Instant at = Instant.ofEpochMilli(now());
        RunControl control = RunVoice.stopEarly(baselineRunId, "every run compared with it was stopped early", at);
        context.forward(new Record<>(baselineRunId, new Emission.Asked(control), now()));
    }

    private void sweep(long now) {
        long before = now - pace.keptFor().toMillis();
        forEach((requestId, report) -> {
            if (report.allEnded() && report.finishedAt() < before) {
                report.runs().forEach(run -> {
                    rows.delete(RowKey.of(requestId, run.runId()));
                    asked.remove(run.runId());
                });
            }
        });
    }

    private void forEach(BiConsumer<String, RequestReport> action) {
        Map<String, List<RunSummary>> byRequest = new TreeMap<>();
        try (KeyValueIterator<String, RunSummary> all = rows.all()) {
            all.forEachRemaining(row -> byRequest
                    .computeIfAbsent(RowKey.owner(row.key), _ -> new ArrayList<>())
                    .add(row.value));
        }
        byRequest.forEach((requestId, runs) -> action.accept(requestId, new RequestReport(requestId, runs)));
    }

    private List<RunSummary> runs(String requestId) {
        List<RunSummary> runs = new ArrayList<>();
        try (KeyValueIterator<String, RunSummary> mine =
                rows.prefixScan(RowKey.prefix(requestId), new StringSerializer())) {
            mine.forEachRemaining(row -> runs.add(row.value));
        }
        return runs;
    }

    private long now() {
        return context.currentSystemTimeMs();
    }
}
