package dev.evalfleet.aggregator.tally;

import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What follows from a plan.
public final class PlanFacts {
    /// The slice that is the whole run.
    public static final String WHOLE = "";

    private static final double MILLION = 1e6;

    private PlanFacts() {}

    /// The whole run, and those of the labels that the plan knows: an unknown one would grow state without bound.
    public static List<String> slices(RunPlan plan, List<String> labels) {
        List<String> slices = new ArrayList<>();
        slices.add(WHOLE);
        labels.stream().filter(plan.getSliceSizes()::containsKey).distinct().forEach(slices::add);
        return slices;
    }

    public static long expected(RunPlan plan, String slice) {
        return slice.equals(WHOLE)
                ? plan.getExpectedSamples()
                : plan.getSliceSizes().getOrDefault(slice, 0L);
    }

    public static @Nullable String baselineRunId(RunPlan plan) {
        BaselinePlan baseline = plan.getBaseline();
        return baseline == null ? null : baseline.getRunId();
    }

    public static long expectedPairs(RunPlan plan) {
        BaselinePlan baseline = plan.getBaseline();
        return baseline == null || baseline.getRunId() == null ? 0 : baseline.getPairs();
    }

    /// The metric shown first: the gates' primary one, else the first gated one, else the first.
    public static Optional<MetricPlan> primary(RunPlan plan) {
        String name = primaryName(plan.getGates());
        return plan.getMetrics().stream()
                .filter(metric -> name == null || metric.getMetric().equals(name))
                .findFirst();
    }

    /// What the tokens cost; null where no price is known.
    public static @Nullable Double cost(RunPlan plan, long promptTokens, long outputTokens) {
        Double promptPrice = plan.getPromptTokenPrice();
        Double outputPrice = plan.getOutputTokenPrice();
        if (promptPrice == null && outputPrice == null) {
            return null;
        }
        return (promptTokens * orZero(promptPrice) + outputTokens * orZero(outputPrice)) / MILLION;
    }

    private static @Nullable String primaryName(@Nullable Gates gates) {
        if (gates == null || gates.getPrimaryMetric() != null) {
            return gates == null ? null : gates.getPrimaryMetric();
        }
        return gates.getMaxRegression().keySet().stream()
                .findFirst()
                .or(() -> gates.getMin().keySet().stream().findFirst())
                .orElse(null);
    }

    private static double orZero(@Nullable Double price) {
        return price == null ? 0 : price;
    }
}
