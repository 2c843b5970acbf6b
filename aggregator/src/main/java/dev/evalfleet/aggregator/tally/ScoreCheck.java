package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.ScoreValue;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether an answer's scores are such as its plan allows. A score out of bounds is refused, never clamped.
public final class ScoreCheck {
    private ScoreCheck() {}

    /// What is wrong, in one sentence; null when nothing is.
    public static @Nullable String problem(RunPlan plan, Answer answer) {
        for (ScoreValue score : answer.scores()) {
            MetricPlan metric =
                    plan.getMetrics().stream().filter(score::isOf).findFirst().orElse(null);
            String problem = metric == null ? unknown(plan, score) : outside(metric, score);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static String unknown(RunPlan plan, ScoreValue score) {
        String known = plan.getMetrics().stream()
                .map(metric -> metric.getMetric() + "," + metric.getFilter())
                .collect(Collectors.joining(" "));
        return "it has a score for %s,%s, which run %s does not report (it reports: %s)"
                .formatted(score.metric(), score.filter(), plan.getRunId(), known);
    }

    private static @Nullable String outside(MetricPlan metric, ScoreValue score) {
        Double lower = metric.getLower();
        Double upper = metric.getUpper();
        double value = score.value();
        boolean inside =
                Double.isFinite(value) && (lower == null || value >= lower) && (upper == null || value <= upper);
        return inside
                ? null
                : "its %s,%s is %s, outside [%s, %s]"
                        .formatted(score.metric(), score.filter(), value, bound(lower), bound(upper));
    }

    private static String bound(@Nullable Double bound) {
        return bound == null ? "unbounded" : bound.toString();
    }
}
