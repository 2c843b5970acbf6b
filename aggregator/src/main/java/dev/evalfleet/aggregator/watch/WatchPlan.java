package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What of a plan is watched, and how strictly.
public final class WatchPlan {
    /// Above it, somebody should roll slices up: no number of samples suffices for so many claims at once.
    private static final int MOST_SLICES = 200;

    private static final double USUAL_ALPHA = 0.05;

    private WatchPlan() {}

    /// The gates of a run; null when it has none. A baseline is not judged.
    public static @Nullable Gates gates(RunPlan plan) {
        Gates gates = plan.getRole() == RunRole.BASELINE ? null : plan.getGates();
        return gates == null
                        || (gates.getMin().isEmpty() && gates.getMaxRegression().isEmpty())
                ? null
                : gates;
    }

    public static double alpha(RunPlan plan) {
        Gates gates = plan.getGates();
        return gates == null ? USUAL_ALPHA : gates.getAlpha();
    }

    /// Several gates share alpha.
    static double gateAlpha(RunPlan plan) {
        long count = plan.getMetrics().stream()
                .mapToLong(
                        metric -> (min(plan, metric) == null ? 0 : 1) + (maxRegression(plan, metric) == null ? 0 : 1))
                .sum();
        return alpha(plan) / Math.max(1, count);
    }

    /// The e-value at which a gate's failure holds for the request as a whole, each of whose runs may fail by chance:
    /// what Holm asks of the first.
    static double certainE(RunPlan plan) {
        return Math.max(1, plan.getRequestRuns().size()) / gateAlpha(plan);
    }

    /// Metrics that can be folded: means of bounded values.
    public static List<MetricPlan> metrics(RunPlan plan) {
        return plan.getMetrics().stream().filter(WatchPlan::canBeWatched).toList();
    }

    public static boolean canBeWatched(MetricPlan metric) {
        Double lower = metric.getLower();
        Double upper = metric.getUpper();
        return lower != null
                && upper != null
                && lower < upper
                && CorpusMetric.named(metric.getAggregation())
                        .filter(aggregation -> aggregation == CorpusMetric.MEAN)
                        .isPresent();
    }

    /// Whether the metric has a gate; its verdict is part of the run's.
    static boolean isGated(RunPlan plan, MetricPlan metric) {
        return min(plan, metric) != null || maxRegression(plan, metric) != null;
    }

    /// The smallest acceptable value (the largest one where lower is better); null: any.
    static @Nullable Double min(RunPlan plan, MetricPlan metric) {
        Gates gates = gates(plan);
        return gates == null || !canBeWatched(metric) ? null : of(gates.getMin(), plan, metric);
    }

    /// The tolerated drop against the baseline; null: any.
    static @Nullable Double maxRegression(RunPlan plan, MetricPlan metric) {
        Gates gates = gates(plan);
        boolean compared = PlanFacts.baselineRunId(plan) != null;
        return gates == null || !compared || !canBeWatched(metric) ? null : of(gates.getMaxRegression(), plan, metric);
    }

    /// The metric whose regression is alerted on its own; the others are a family with the slices.
    public static Optional<MetricPlan> primary(RunPlan plan) {
        return PlanFacts.primary(plan).filter(WatchPlan::canBeWatched);
    }

    /// Labels of the gates' slice columns.
    public static List<String> watchedSlices(RunPlan plan) {
        Gates gates = plan.getGates();
        return gates == null
                ? List.of()
                : plan.getSliceSizes().keySet().stream()
                        .filter(label -> gates.getSlices().stream()
                                .anyMatch(column -> label.equals(column) || label.startsWith(column + "=")))
                        .sorted()
                        .limit(MOST_SLICES)
                        .toList();
    }

    /// Pairs of a slice as far as the plan knows them; null: unknown, because nobody says where excluded ones lie.
    static @Nullable Long pairs(RunPlan plan, String slice) {
        BaselinePlan baseline = plan.getBaseline();
        if (baseline == null) {
            return null;
        }
        if (slice.equals(PlanFacts.WHOLE)) {
            return baseline.getPairs();
        }
        return baseline.getExcluded() == 0 ? PlanFacts.expected(plan, slice) : null;
    }

    // By name and filter; a bare name means the first metric of that name.
    private static @Nullable Double of(Map<String, Double> limits, RunPlan plan, MetricPlan metric) {
        Double exact = limits.get(metric.getMetric() + "," + metric.getFilter());
        if (exact != null) {
            return exact;
        }
        boolean first = plan.getMetrics().stream()
                .filter(other -> other.getMetric().equals(metric.getMetric()))
                .findFirst()
                .filter(metric::equals)
                .isPresent();
        return first ? limits.get(metric.getMetric()) : null;
    }
}
