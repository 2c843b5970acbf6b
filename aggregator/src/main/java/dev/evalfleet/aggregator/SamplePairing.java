package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Delivery;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.outcome.Outcome.Ended;
import dev.evalfleet.aggregator.outcome.Outcome.Paired;
import dev.evalfleet.aggregator.outcome.Outcome.Repeated;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.outcome.Spent;
import dev.evalfleet.aggregator.streams.DeadLetterHandler;
import dev.evalfleet.aggregator.streams.Initialised;
import dev.evalfleet.aggregator.streams.Lifetimes;
import dev.evalfleet.aggregator.streams.Sweep;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/// Gives every run the outcomes of its samples, and every candidate a pair as soon as the baseline's outcome for the
/// same document is there too, whichever came first. Keyed by run from here on.
final class SamplePairing implements Processor<String, Delivery, String, Outcome> {
    static final String STORE = "sample-pairs";
    private static final int LONGEST_CAUSE = 300;

    /// One run's answer to a document.
    record Side(String runId, Sample sample) {
        void write(Out out) {
            out.text(runId);
            sample.write(out);
        }

        static Side read(In in) {
            return new Side(in.text(), Sample.read(in));
        }
    }

    /// Every run's answer to one document.
    record Row(String requestId, long since, List<Side> baselines, List<Side> candidates) {
        static final Codec<Row> CODEC = Codec.of(1, Row::write, Row::read);

        /// What that run answered; null when it has not.
        @Nullable
        Side sideOf(String runId) {
            return Stream.concat(baselines.stream(), candidates.stream())
                    .filter(side -> side.runId.equals(runId))
                    .findFirst()
                    .orElse(null);
        }

        private void write(Out out) {
            out.text(requestId)
                    .whole(since)
                    .list(baselines, (to, side) -> side.write(to))
                    .list(candidates, (to, side) -> side.write(to));
        }

        private static Row read(In in) {
            return new Row(in.text(), in.whole(), in.list(Side::read), in.list(Side::read));
        }
    }

    private final ProcessorContext<String, Outcome> context;
    private final KeyValueStore<String, Row> rows;
    private final KeyValueStore<String, FrozenScore> frozen;

    private SamplePairing(ProcessorContext<String, Outcome> context, StageOne stage) {
        this.context = context;
        this.rows = context.getStateStore(STORE);
        this.frozen = context.getStateStore(FrozenBaselines.STORE);
        Lifetimes lifetimes = stage.lifetimes(context);
        Sweep<Row> sweep = new Sweep<>(
                rows, (_, row) -> lifetimes.isOver(row.requestId, row.since, context.currentSystemTimeMs()));
        context.schedule(Sweep.EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> sweep.run());
    }

    static ProcessorSupplier<String, Delivery, String, Outcome> supplier(StageOne stage) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, Delivery, String, Outcome> get() {
                return new Initialised<>(context -> new SamplePairing(context, stage));
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(stage.pairs(), stage.frozen());
            }
        };
    }

    @Override
    public void process(Record<String, Delivery> record) {
        SampleResult result = record.value().result();
        String origin = origin();
        if (record.value().repeated()) {
            tell(record, result.getRunId(), new Repeated(result.getPosition(), origin));
            return;
        }
        Side side = new Side(
                result.getRunId(),
                new Sample(result.getPosition(), Answer.of(result), result.getSlices(), result.getClusterId()));
        tell(record, side.runId, new Ended(side.sample, cause(result), Spent.of(result), origin));
        pair(record, side, origin);
        pairWithEarlier(record, side, origin);
        pairWithLater(record, side, origin);
    }

    private static String cause(SampleResult result) {
        String cause = result.getFailure() == null ? "" : result.getFailure().getCause();
        if (cause.length() <= LONGEST_CAUSE) {
            return cause;
        }
        return cause.substring(0, cause.offsetByCodePoints(LONGEST_CAUSE, -1)) + "…";
    }

    private void pair(Record<String, Delivery> record, Side side, String origin) {
        SampleResult result = record.value().result();
        String key = RowKey.of(ownGroup(side.runId), result.getDocumentId());
        Row known = rows.get(key);
        Row row = known == null ? emptyRow(result) : known;
        if (result.getRole() == RunRole.BASELINE) {
            row.candidates.forEach(candidate -> tellPair(record, candidate, side, origin));
            row.baselines.add(side);
        } else {
            row.baselines.forEach(baseline -> tellPair(record, side, baseline, origin));
            row.candidates.add(side);
        }
        rows.put(key, row);
    }

    // A candidate whose baseline is a run of another request: frozen under a name, still remembered, or still going on.
    private void pairWithEarlier(Record<String, Delivery> record, Side side, String origin) {
        SampleResult result = record.value().result();
        String baselineRunId = Ids.externalBaseline(result.getPairGroup());
        if (baselineRunId == null) {
            return;
        }
        Answer answer = earlier(result, baselineRunId);
        if (answer != null) {
            tell(record, side.runId, new Paired(side.sample, baselineRunId, answer, origin));
            return;
        }
        String key = RowKey.of(Ids.externalRun(baselineRunId), result.getDocumentId());
        Row known = rows.get(key);
        Row waiting = known == null ? emptyRow(result) : known;
        waiting.candidates.add(side);
        rows.put(key, waiting);
    }

    private @Nullable Answer earlier(SampleResult result, String baselineRunId) {
        String name = Ids.frozenName(result.getPairGroup());
        if (name != null) {
            String document = Ids.resultKey(result.getDatasetFingerprint(), result.getDocumentId());
            FrozenScore score = frozen.get(RowKey.of(name, document));
            if (score != null && score.runId().equals(baselineRunId)) {
                return score.answer();
            }
        }
        Row row = rows.get(RowKey.of(ownGroup(baselineRunId), result.getDocumentId()));
        Side side = row == null ? null : row.sideOf(baselineRunId);
        return side == null ? null : side.sample.answer();
    }

    // Candidates of other requests that wait for this run's answer.
    private void pairWithLater(Record<String, Delivery> record, Side side, String origin) {
        String key =
                RowKey.of(Ids.externalRun(side.runId), record.value().result().getDocumentId());
        Row waiting = rows.get(key);
        if (waiting != null) {
            rows.delete(key);
            waiting.candidates.forEach(candidate -> tellPair(record, candidate, side, origin));
        }
    }

    private Row emptyRow(SampleResult result) {
        return new Row(result.getRequestId(), context.currentSystemTimeMs(), new ArrayList<>(), new ArrayList<>());
    }

    /// The runs of one request and task, as their ids begin: where what they answered lies.
    static String ownGroup(String runId) {
        int task = runId.indexOf('/') + 1;
        int model = runId.indexOf('/', task);
        return model < 0 ? runId : runId.substring(0, model);
    }

    private void tellPair(Record<String, Delivery> record, Side candidate, Side baseline, String origin) {
        Answer answer = baseline.sample.answer();
        tell(record, candidate.runId, new Paired(candidate.sample, baseline.runId, answer, origin));
    }

    private void tell(Record<String, Delivery> record, String runId, Outcome outcome) {
        context.forward(new Record<>(runId, outcome, record.timestamp()));
    }

    private String origin() {
        return context.recordMetadata()
                .map(at -> DeadLetterHandler.origin(at.topic(), at.partition(), at.offset()))
                .orElse("");
    }
}
