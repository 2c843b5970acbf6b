package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.aggregator.outcome.Spent;
import dev.evalfleet.aggregator.stats.Quantiles;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Usage;

/// What the samples of a slice came to, whatever the metric: how they ended and what they took.
/// Tokens are counted of failed samples too, as they are paid; times are those of answers.
public record SliceTally(
        long scored,
        long failedModel,
        long failedInfrastructure,
        long promptTokens,
        long outputTokens,
        Quantiles latency,
        Quantiles firstToken) {
    public static final Codec<SliceTally> CODEC = Codec.of(1, SliceTally::write, SliceTally::read);

    public static final SliceTally NONE = new SliceTally(0, 0, 0, 0, 0, Quantiles.none(), Quantiles.none());

    SliceTally plus(Answer answer, Spent spent) {
        boolean isScored = answer.scored();
        Double first = spent.timeToFirstTokenMs();
        return new SliceTally(
                scored + (isScored ? 1 : 0),
                failedModel + (answer.ending() == Ending.MODEL_FAILED ? 1 : 0),
                failedInfrastructure + (answer.ending() == Ending.INFRASTRUCTURE_FAILED ? 1 : 0),
                promptTokens + spent.promptTokens(),
                outputTokens + spent.outputTokens(),
                isScored ? latency.plus(spent.latencyMs()) : latency,
                isScored && first != null ? firstToken.plus(first) : firstToken);
    }

    public long samples() {
        return scored + failedModel + failedInfrastructure;
    }

    public Usage usage(RunPlan plan) {
        return Usage.newBuilder()
                .setPromptTokens(promptTokens)
                .setOutputTokens(outputTokens)
                .setLatencyP50Ms(latency.percentile(50))
                .setLatencyP90Ms(latency.percentile(90))
                .setLatencyP95Ms(latency.percentile(95))
                .setLatencyP99Ms(latency.percentile(99))
                .setTimeToFirstTokenP50Ms(firstToken.percentile(50))
                .setTimeToFirstTokenP95Ms(firstToken.percentile(95))
                .setCost(PlanFacts.cost(plan, promptTokens, outputTokens))
                .build();
    }

    private void write(Out out) {
        out.whole(scored).whole(failedModel).whole(failedInfrastructure);
        out.whole(promptTokens).whole(outputTokens);
        latency.write(out);
        firstToken.write(out);
    }

    private static SliceTally read(In in) {
        return new SliceTally(
                in.whole(), in.whole(), in.whole(), in.whole(), in.whole(), Quantiles.read(in), Quantiles.read(in));
    }
}
