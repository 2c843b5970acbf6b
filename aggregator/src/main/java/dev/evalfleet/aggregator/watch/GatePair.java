package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.stats.sequential.Gate;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.watch.Goodness.Range;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The gates of one metric: against the baseline, and against a fixed value.
public record GatePair(@Nullable Gate relative, @Nullable Gate absolute) {
    static final GatePair NONE = new GatePair(null, null);

    static GatePair of(RunPlan plan, MetricPlan metric) {
        Double maxRegression = WatchPlan.maxRegression(plan, metric);
        Double min = WatchPlan.min(plan, metric);
        if (maxRegression == null && min == null) {
            return NONE;
        }
        double alpha = WatchPlan.gateAlpha(plan);
        Goodness goodness = Goodness.of(metric);
        Long pairs = WatchPlan.pairs(plan, PlanFacts.WHOLE);
        return new GatePair(
                maxRegression == null || pairs == null
                        ? null
                        : Gate.relative(bounded(maxRegression, goodness), 0, alpha, pairs, goodness.range()),
                min == null
                        ? null
                        : Gate.absolute(
                                within(goodness.turned(min), goodness),
                                alpha,
                                plan.getExpectedSamples(),
                                goodness.worst(),
                                goodness.best()));
    }

    /// @param score the candidate's value
    /// @param difference to the baseline's; null where there is none
    void fold(RunPlan plan, Range score, @Nullable Range difference) {
        if (absolute != null && absolute.n() < plan.getExpectedSamples()) {
            absolute.fold(score.best(), score.worst());
        }
        Long pairs = WatchPlan.pairs(plan, PlanFacts.WHOLE);
        if (relative != null && difference != null && pairs != null && relative.n() < pairs) {
            relative.fold(difference.best(), difference.worst());
        }
    }

    List<Gate> gates() {
        return Stream.of(relative, absolute)
                .<Gate>mapMulti((gate, to) -> {
                    if (gate != null) {
                        to.accept(gate);
                    }
                })
                .toList();
    }

    /// How many of their questions are answered: fails, fails beyond doubt, passes.
    int decided(RunPlan plan) {
        return gates().stream()
                .mapToInt(gate -> (gate.failedAt().isPresent() ? 1 : 0)
                        + (gate.fails().maxE() >= WatchPlan.certainE(plan) ? 1 : 0)
                        + (gate.passedAt().isPresent() ? 1 : 0))
                .sum();
    }

    GatePair copy() {
        return new GatePair(relative == null ? null : relative.copy(), absolute == null ? null : absolute.copy());
    }

    // The planner refuses limits out of bounds; a plan of another planner must not stop the stream.
    private static double within(double value, Goodness goodness) {
        return Math.clamp(value, goodness.worst(), goodness.best());
    }

    private static double bounded(double drop, Goodness goodness) {
        return Math.clamp(drop, 0, goodness.range());
    }
}
