package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.SamplePairing.Row;
import dev.evalfleet.aggregator.SamplePairing.Side;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselineScore;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

/// Named baselines. Asked by `control`, copies the answers of an ended run into `baseline-scores`, which is never
/// deleted; follows that topic, so that candidates are paired long after the results are gone.
final class FrozenBaselines implements Processor<String, BaselineScore, String, FrozenBaselines.News> {
    static final String STORE = "frozen-scores";

    private static final Duration EVERY = Duration.ofSeconds(5);

    /// What follows from a frozen score, or from being asked for some.
    sealed interface News {
        record Pair(Outcome outcome) implements News {}

        /// @param score null: it is released
        record Froze(@Nullable BaselineScore score) implements News {}
    }

    private final ProcessorContext<String, News> context;
    private final StageOne stage;
    private final KeyValueStore<String, Row> rows;
    private final KeyValueStore<String, FrozenScore> frozen;
    private final Latest<RunControl> controls;
    private final Latest<RunState> states;
    private final Set<String> done = new HashSet<>();

    private FrozenBaselines(ProcessorContext<String, News> context, StageOne stage) {
        this.context = context;
        this.stage = stage;
        this.rows = context.getStateStore(SamplePairing.STORE);
        this.frozen = context.getStateStore(STORE);
        this.controls = new Latest<>(
                context.getStateStore(EvalTopology.CONTROLS), stage.controls().deserializer());
        this.states = new Latest<>(
                context.getStateStore(EvalTopology.RUN_STATES), stage.states().deserializer());
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, this::obey);
    }

    static ProcessorSupplier<String, BaselineScore, String, News> supplier(StageOne stage) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, BaselineScore, String, News> get() {
                return new Initialised<>(context -> new FrozenBaselines(context, stage));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(stage.pairs(), stage.frozen());
            }
        };
    }

    @Override
    public void process(Record<String, BaselineScore> record) {
        int end = record.key().lastIndexOf('#');
        if (end < 0) {
            return; // not a key of ours
        }
        String key = RowKey.of(record.key().substring(end + 1), record.key().substring(0, end));
        BaselineScore score = record.value();
        if (score == null) {
            frozen.delete(key);
            return;
        }
        FrozenScore one = FrozenScore.of(score);
        frozen.put(key, one);
        String waiting = RowKey.of(Ids.externalRun(one.runId()), score.getDocumentId());
        Row candidates = rows.get(waiting);
        if (candidates != null) {
            rows.delete(waiting);
            candidates
                    .candidates()
                    .forEach(candidate -> context.forward(new Record<>(
                            candidate.runId(),
                            new News.Pair(new Outcome.Paired(candidate.sample(), one.runId(), one.answer(), "")),
                            record.timestamp())));
        }
    }

    private void obey(long now) {
        controls.forEach(Ids.baselineControl(""), (key, control) -> {
            String name = key.substring(Ids.baselineControl("").length());
            String asked = name + "\0" + control.getAction() + "\0" + control.getReason() + "\0" + control.getAt();
            if (!name.isEmpty() && !done.contains(asked) && obey(name, control, now)) {
                done.add(asked);
            }
        });
    }

    // Whether that is done with, as far as this partition is concerned.
    private boolean obey(String name, RunControl control, long now) {
        if (control.getAction() == ControlAction.RELEASE_BASELINE) {
            releaseAllBut(name, "", Set.of(), now);
            return true;
        }
        if (control.getAction() != ControlAction.SET_BASELINE) {
            return true;
        }
        RunState state = states.get(control.getReason());
        if (state == null || isOpen(state)) {
            return false; // it may end yet
        }
        Instant finished = state.getFinishedAt();
        if (finished == null || now - finished.toEpochMilli() > stage.keptFor().toMillis()) {
            return true; // its rows are gone; what was frozen of it before stands
        }
        releaseAllBut(name, state.getId(), freeze(name, state, now), now);
        return true;
    }

    private Set<String> freeze(String name, RunState state, long now) {
        Set<String> documents = new HashSet<>();
        String group = SamplePairing.ownGroup(state.getId());
        try (KeyValueIterator<String, Row> all = rows.prefixScan(RowKey.prefix(group), new StringSerializer())) {
            all.forEachRemaining(row -> {
                Side side = row.value.sideOf(state.getId());
                if (side != null) {
                    String document = RowKey.rest(row.key);
                    String fingerprint = state.getDatasetFingerprint();
                    documents.add(Ids.resultKey(fingerprint, document));
                    FrozenScore score =
                            new FrozenScore(state.getId(), side.sample().answer());
                    if (!score.equals(frozen.get(RowKey.of(name, Ids.resultKey(fingerprint, document))))) {
                        forward(
                                Ids.frozenKey(fingerprint, document, name),
                                score.record(name, state.getTask(), fingerprint, document),
                                now);
                    }
                }
            });
        }
        return documents;
    }

    private void releaseAllBut(String name, String runId, Set<String> documents, long now) {
        List<String> gone = new ArrayList<>();
        try (KeyValueIterator<String, FrozenScore> all =
                frozen.prefixScan(RowKey.prefix(name), new StringSerializer())) {
            all.forEachRemaining(row -> {
                String document = RowKey.rest(row.key);
                if (!documents.contains(document) && !row.value.runId().equals(runId)) {
                    gone.add(document);
                }
            });
        }
        gone.forEach(document -> forward(document + '#' + name, null, now));
    }

    private void forward(String key, @Nullable BaselineScore score, long now) {
        context.forward(new Record<>(key, new News.Froze(score), now));
    }

    private static boolean isOpen(RunState state) {
        return state.getStatus() == RunStatus.PLANNED || state.getStatus() == RunStatus.RUNNING;
    }
}
