package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.watch.Ahead;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Hands the samples of a run to the fold in the seeded order, position after position, never as they arrive: slow
/// answers differ from fast ones. What is ahead of the contiguous prefix waits in its own store, keyed by run and
/// position; the dispatcher's window bounds it.
public final class Prefix {

    /// Takes the samples of a run in the seeded order, each once.
    @FunctionalInterface
    public interface Fold {
        void fold(RunPlan plan, Step step);
    }

    /// One position of a run.
    ///
    /// @param baseline the baseline's answer; null while it has not come, or when the run has no baseline
    public record Step(Sample sample, @Nullable Answer baseline) {
        static final Codec<Step> CODEC = Codec.of(1, Step::write, Step::read);

        private boolean isComplete(RunPlan plan) {
            return baseline != null || PlanFacts.baselineRunId(plan) == null;
        }

        private void write(Out out) {
            sample.write(out);
            out.flag(baseline != null);
            if (baseline != null) {
                baseline.write(out);
            }
        }

        private static Step read(In in) {
            return new Step(Sample.read(in), in.flag() ? Answer.read(in) : null);
        }
    }

    private final KeyValueStore<String, Step> ahead;
    private final Fold fold;

    Prefix(KeyValueStore<String, Step> ahead, Fold fold) {
        this.ahead = ahead;
        this.fold = fold;
    }

    void ended(RunPlan plan, Progress progress, Sample sample) {
        offer(plan, progress, new Step(sample, null));
    }

    void paired(RunPlan plan, Progress progress, Sample sample, Answer baseline) {
        if (sample.position() >= progress.prefix()) {
            ahead.put(key(plan, sample.position()), new Step(sample, baseline));
            foldOn(plan, progress);
        }
    }

    /// The baseline is over: what waits for its answers at the head of the prefix goes on without.
    ///
    /// @return whether something did
    boolean withoutBaseline(RunPlan plan, Progress progress, Answer none) {
        long before = progress.prefix();
        Step next = ahead.get(key(plan, before));
        while (next != null && next.baseline == null) {
            ahead.put(key(plan, progress.prefix()), new Step(next.sample, none));
            foldOn(plan, progress);
            next = ahead.get(key(plan, progress.prefix()));
        }
        return progress.prefix() > before;
    }

    /// What waits behind the first hole, in the order of positions.
    List<Ahead> ahead(RunPlan plan, int atMost) {
        List<Ahead> waiting = new ArrayList<>();
        try (KeyValueIterator<String, Step> rows =
                ahead.prefixScan(RowKey.prefix(plan.getRunId()), new StringSerializer())) {
            while (rows.hasNext() && waiting.size() < atMost) {
                KeyValue<String, Step> row = rows.next();
                long position = Long.parseLong(RowKey.rest(row.key), 16);
                waiting.add(new Ahead(position, row.value.sample, row.value.baseline));
            }
        }
        return waiting;
    }

    /// Given up: nothing more will come of this position, neither an answer nor a pair.
    void lost(RunPlan plan, Progress progress, long position, Answer lost) {
        offer(plan, progress, new Step(new Sample(position, lost, List.of(), null), lost));
    }

    private void offer(RunPlan plan, Progress progress, Step step) {
        if (step.sample.position() == progress.prefix() && step.isComplete(plan)) {
            fold(plan, progress, step);
            foldOn(plan, progress);
        } else {
            ahead.put(key(plan, step.sample.position()), step);
        }
    }

    private void foldOn(RunPlan plan, Progress progress) {
        String key = key(plan, progress.prefix());
        Step next = ahead.get(key);
        while (next != null && next.isComplete(plan)) {
            ahead.delete(key);
            fold(plan, progress, next);
            key = key(plan, progress.prefix());
            next = ahead.get(key);
        }
    }

    private void fold(RunPlan plan, Progress progress, Step step) {
        fold.fold(plan, step);
        progress.folded();
    }

    private static String key(RunPlan plan, long position) {
        return RowKey.of(plan.getRunId(), position);
    }
}
