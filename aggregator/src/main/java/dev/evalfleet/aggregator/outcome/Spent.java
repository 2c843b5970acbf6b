package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.schemas.avro.SampleResult;
import org.jspecify.annotations.Nullable;

/// What a sample took.
public record Spent(long promptTokens, long outputTokens, double latencyMs, @Nullable Double timeToFirstTokenMs) {
    public static final Spent NOTHING = new Spent(0, 0, 0, null);

    /// What was taken over from another run was paid for there.
    public static Spent of(SampleResult result) {
        boolean own = result.getScoredBy() == null;
        return new Spent(
                own ? result.getPromptTokens() : 0,
                own ? result.getOutputTokens() : 0,
                result.getLatencyMs(),
                result.getTimeToFirstTokenMs());
    }

    void write(Out out) {
        out.whole(promptTokens).whole(outputTokens).real(latencyMs);
        out.real(timeToFirstTokenMs == null ? Double.NaN : timeToFirstTokenMs);
    }

    static Spent read(In in) {
        long promptTokens = in.whole();
        long outputTokens = in.whole();
        double latencyMs = in.real();
        double first = in.real();
        return new Spent(promptTokens, outputTokens, latencyMs, Double.isNaN(first) ? null : first);
    }
}
