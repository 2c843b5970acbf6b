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
        Times times) {
    public static final Codec<RunSummary> CODEC = Codec.of(1, RunSummary::write, RunSummary::read);

    /// A run's samples by what became of them.
    public record Counts(
            long expected,
            long scored,
            long failedModel,
            long failedInfrastructure,
            long cancelled,
            long duplicates,
            long late) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

        public Counts plus(Counts other) {
            return new Counts(
                    expected + other.expected,
                    scored + other.scored,
                    failedModel + other.failedModel,
                    failedInfrastructure + other.failedInfrastructure,
                    cancelled + other.cancelled,
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
    }

    private static RunSummary read(In in) {
        return new RunSummary(
                in.text(),
                RunStatus.valueOf(in.text()),
                (int) in.whole(),
                new Counts(in.whole(), in.whole(), in.whole(), in.whole(), in.whole(), in.whole(), in.whole()),
                in.whole(),
                in.whole(),
                in.whole(),
                number(in.real()),
                (int) in.whole(),
                labels(in),
                new Times(in.whole(), in.whole(), in.whole(), in.whole()));
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
