package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a request needs to know of one of its runs.
///
/// @param siblings how many runs the request has
/// @param pairsOpen pairs of a finished run that have not come yet
/// @param baselineRunId the run it is compared with
/// @param alpha of its gates
/// @param judgement its verdict; null without gates
public record RunSummary(
        String runId,
        RunStatus status,
        int siblings,
        Counts counts,
        long pairsOpen,
        long promptTokens,
        long outputTokens,
        @Nullable Double cost,
        int priority,
        Map<String, String> labels,
        Times times,
        @Nullable String baselineRunId,
        double alpha,
        @Nullable Judgement judgement) {
    public static final Codec<RunSummary> CODEC = Codec.of(2, RunSummary::write, RunSummary::read);

    private static final double USUAL_ALPHA = 0.05;

    /// A run's samples by what became of them.
    ///
    /// @param saved of the cancelled ones, those never sent
    public record Counts(
            long expected,
            long scored,
            long failedModel,
            long failedInfrastructure,
            long cancelled,
            long saved,
            long duplicates,
            long late) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

        public Counts plus(Counts other) {
            return new Counts(
                    expected + other.expected,
                    scored + other.scored,
                    failedModel + other.failedModel,
                    failedInfrastructure + other.failedInfrastructure,
                    cancelled + other.cancelled,
                    saved + other.saved,
                    duplicates + other.duplicates,
                    late + other.late);
        }
    }

    /// Milliseconds since the epoch; -1 where something has not happened.
    public record Times(long planned, long firstResult, long lastResult, long finished) {}

    private static void write(RunSummary summary, Out out) {
        Counts counts = summary.counts;
        Times times = summary.times;
        out.text(summary.runId).text(summary.status.name()).whole(summary.siblings);
        out.whole(counts.expected).whole(counts.scored).whole(counts.failedModel);
        out.whole(counts.failedInfrastructure).whole(counts.cancelled);
        out.whole(counts.duplicates).whole(counts.late);
        out.whole(summary.pairsOpen).whole(summary.promptTokens).whole(summary.outputTokens);
        out.real(summary.cost == null ? Double.NaN : summary.cost).whole(summary.priority);
        out.list(List.copyOf(summary.labels.entrySet()), (to, label) -> to.text(label.getKey())
                .text(label.getValue()));
        out.whole(times.planned)
                .whole(times.firstResult)
                .whole(times.lastResult)
                .whole(times.finished);
        out.whole(counts.saved).optionalText(summary.baselineRunId).real(summary.alpha);
        out.flag(summary.judgement != null);
        if (summary.judgement != null) {
            summary.judgement.write(out);
        }
    }

    private static RunSummary read(In in) {
        String runId = in.text();
        RunStatus status = RunStatus.valueOf(in.text());
        int siblings = (int) in.whole();
        long[] counts = {in.whole(), in.whole(), in.whole(), in.whole(), in.whole(), in.whole(), in.whole()};
        long pairsOpen = in.whole();
        long promptTokens = in.whole();
        long outputTokens = in.whole();
        Double cost = number(in.real());
        int priority = (int) in.whole();
        Map<String, String> labels = labels(in);
        Times times = new Times(in.whole(), in.whole(), in.whole(), in.whole());
        boolean first = in.version() < 2;
        long saved = first ? 0 : in.whole();
        return new RunSummary(
                runId,
                status,
                siblings,
                new Counts(counts[0], counts[1], counts[2], counts[3], counts[4], saved, counts[5], counts[6]),
                pairsOpen,
                promptTokens,
                outputTokens,
                cost,
                priority,
                labels,
                times,
                first ? null : in.optionalText(),
                first ? USUAL_ALPHA : in.real(),
                !first && in.flag() ? Judgement.read(in) : null);
    }

    private static Map<String, String> labels(In in) {
        Map<String, String> labels = new LinkedHashMap<>();
        in.list(from -> labels.put(from.text(), from.text()));
        return labels;
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
