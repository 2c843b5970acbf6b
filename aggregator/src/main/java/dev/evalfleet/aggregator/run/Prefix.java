package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Hands the samples of a run to the fold in the seeded order, position after position, never as they arrive: slow
/// answers differ from fast ones. What is ahead of the contiguous prefix waits in its own store, keyed by run and
/// position; the dispatcher's window bounds it.
final class Prefix {

    /// Takes the samples of a run in the seeded order, each once. Here the sequential statistics hook in.
    @FunctionalInterface
    interface Fold {
        Fold NONE = (_, _) -> {};

        void fold(RunPlan plan, Step step);
    }

    /// One position of a run.
    ///
    /// @param sample null while only the pair is known
    /// @param baseline the baseline's answer; null while it has not come, or when the run has no baseline
    record Step(@Nullable Sample sample, @Nullable Answer baseline) {
        static final Codec<Step> CODEC = Codec.of(1, Step::write, Step::read);

        boolean complete(RunPlan plan) {
            return sample != null && (baseline != null || PlanFacts.baselineRunId(plan) == null);
        }

        private void write(Out out) {
            out.flag(sample != null);
            if (sample != null) {
                sample.write(out);
            }
            out.flag(baseline != null);
            if (baseline != null) {
                baseline.write(out);
            }
        }

        private static Step read(In in) {
            return new Step(in.flag() ? Sample.read(in) : null, in.flag() ? Answer.read(in) : null);
        }
    }

    private final KeyValueStore<String, Step> ahead;
    private final Fold fold;

    Prefix(KeyValueStore<String, Step> ahead, Fold fold) {
        this.ahead = ahead;
        this.fold = fold;
    }

    void ended(RunPlan plan, Progress progress, Sample sample) {
        Step waiting = at(plan, sample.position());
        offer(plan, progress, sample.position(), new Step(sample, waiting == null ? null : waiting.baseline));
    }

    void paired(RunPlan plan, Progress progress, Sample sample, Answer baseline) {
        if (sample.position() >= progress.prefix()) {
            offer(plan, progress, sample.position(), new Step(sample, baseline));
        }
    }

    /// Given up: nothing more will come of this position, neither an answer nor a pair.
    void lost(RunPlan plan, Progress progress, long position, Answer lost) {
        offer(plan, progress, position, new Step(new Sample(position, lost, List.of(), null), lost));
    }

    private void offer(RunPlan plan, Progress progress, long position, Step step) {
        if (position != progress.prefix() || !step.complete(plan)) {
            ahead.put(key(plan, position), step);
            return;
        }
        ahead.delete(key(plan, position));
        Step next = step;
        while (next != null && next.complete(plan)) {
            fold.fold(plan, next);
            progress.folded();
            next = at(plan, progress.prefix());
            if (next != null && next.complete(plan)) {
                ahead.delete(key(plan, progress.prefix()));
            }
        }
    }

    private @Nullable Step at(RunPlan plan, long position) {
        return ahead.get(key(plan, position));
    }

    private static String key(RunPlan plan, long position) {
        return RowKey.of(plan.getRunId(), position);
    }
}
