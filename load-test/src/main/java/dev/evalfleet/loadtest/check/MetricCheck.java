package dev.evalfleet.loadtest.check;

import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Whether every metric of a run is what its results give: counts exactly, means to 1e-12.
final class MetricCheck {
    private static final double TOLERATED = 1e-12;
    private static final double TOLERATED_ERROR = 1e-9;
    private static final String MEAN = "mean";

    private final RunHistory run;
    private final @Nullable RunHistory baseline;
    private final List<Finding> findings = new ArrayList<>();

    private MetricCheck(RunHistory run, @Nullable RunHistory baseline) {
        this.run = run;
        this.baseline = baseline;
    }

    /// @param baseline the run it is compared with, if any
    static List<Finding> of(RunHistory run, @Nullable RunHistory baseline) {
        MetricCheck check = new MetricCheck(run, baseline);
        if (run.isComplete() && run.undecided() == 0) {
            List<String> slices = new ArrayList<>(List.of(""));
            slices.addAll(run.plan().getSliceSizes().keySet());
            slices.forEach(check::slice);
        } else if (run.end().isPresent()) {
            run.plan().getMetrics().forEach(check::stopped);
        }
        return check.findings;
    }

    private void slice(String slice) {
        List<SampleResult> in = run.first().values().stream()
                .filter(result -> isIn(slice, result))
                .toList();
        for (MetricPlan plan : run.plan().getMetrics()) {
            Metric metric = run.metrics().get(key(plan, slice));
            String where = where(plan, slice);
            if (metric == null) {
                if (!in.isEmpty()) {
                    findings.add(Finding.lost(where, "was never published", in.size()));
                }
                continue;
            }
            counts(where, metric, in, slice.isEmpty());
            if (plan.getAggregation().equals(MEAN)) {
                moments(where, metric, values(plan, in));
            }
            if (baseline != null && baseline.isComplete() && baseline.undecided() == 0) {
                paired(where, plan, metric, in);
            }
        }
    }

    private void counts(String where, Metric metric, List<SampleResult> in, boolean whole) {
        add(where, "failedModel", metric.getFailedModel(), failed(in, FailureKind.MODEL));
        long givenUp = whole ? run.givenUp() : 0; // of which slices those were, nobody knows
        add(
                where,
                "failedInfrastructure",
                metric.getFailedInfrastructure(),
                failed(in, FailureKind.INFRASTRUCTURE) + givenUp);
        add(
                where,
                "promptTokens",
                metric.getUsage().getPromptTokens(),
                in.stream().mapToLong(SampleResult::getPromptTokens).sum());
        add(
                where,
                "outputTokens",
                metric.getUsage().getOutputTokens(),
                in.stream().mapToLong(SampleResult::getOutputTokens).sum());
        if (!metric.getCompleted()) {
            findings.add(Finding.wrong(where, "is not marked completed, and its run has ended"));
        }
    }

    private void moments(String where, Metric metric, List<Double> values) {
        ExactMoments exact = ExactMoments.of(values);
        add(where, "n", metric.getN(), exact.n());
        near(where, "value", metric.getValue(), exact.mean(), TOLERATED);
        near(where, "standardError", metric.getStandardError(), exact.standardError(), TOLERATED_ERROR);
    }

    private void paired(String where, MetricPlan plan, Metric metric, List<SampleResult> in) {
        List<Double> differences = new ArrayList<>();
        for (SampleResult result : in) {
            SampleResult other = Objects.requireNonNull(baseline).first().get(result.getDocumentId());
            Double candidate = value(plan, result);
            Double compared = other == null ? null : value(plan, other);
            if (candidate != null && compared != null) {
                differences.add(candidate - compared);
            }
        }
        PairedMetric paired = metric.getPaired();
        if (paired == null) {
            if (!differences.isEmpty()) {
                findings.add(Finding.lost(where, "has no comparison", differences.size()));
            }
            return;
        }
        ExactMoments exact = ExactMoments.of(differences);
        add(where, "pairs", paired.getPairs(), exact.n());
        add(
                where,
                "gains",
                paired.getGains(),
                differences.stream().filter(d -> d > 0).count());
        add(
                where,
                "losses",
                paired.getLosses(),
                differences.stream().filter(d -> d < 0).count());
        near(where, "difference", paired.getDifference(), exact.mean(), TOLERATED);
    }

    // Which results were counted before the run was stopped is not known; the number of them is.
    private void stopped(MetricPlan plan) {
        Metric metric = run.metrics().get(key(plan, ""));
        var end = run.end().orElseThrow();
        long counted = end.getScored() + (plan.getFailureValue() == null ? 0 : end.getFailedModel());
        if (metric != null) {
            add(where(plan, ""), "n", metric.getN(), counted);
        } else if (counted > 0) {
            findings.add(Finding.lost(where(plan, ""), "was never published", counted));
        }
    }

    private static List<Double> values(MetricPlan plan, List<SampleResult> in) {
        return in.stream()
                .map(result -> value(plan, result))
                .filter(Objects::nonNull)
                .toList();
    }

    /// What a result counts as in a metric; null where it is left out.
    private static @Nullable Double value(MetricPlan plan, SampleResult result) {
        if (result.getStatus() == SampleStatus.FAILED) {
            return RunCheck.kindOf(result) == FailureKind.MODEL ? plan.getFailureValue() : null;
        }
        return result.getScores().stream()
                .filter(score -> score.getMetric().equals(plan.getMetric())
                        && score.getFilter().equals(plan.getFilter()))
                .map(score -> score.getValue())
                .findFirst()
                .orElse(null);
    }

    private static long failed(List<SampleResult> in, FailureKind kind) {
        return in.stream()
                .filter(result -> result.getStatus() == SampleStatus.FAILED && RunCheck.kindOf(result) == kind)
                .count();
    }

    private static boolean isIn(String slice, SampleResult result) {
        return slice.isEmpty() || result.getSlices().contains(slice);
    }

    private static String key(MetricPlan plan, String slice) {
        return slice + "|" + plan.getMetric() + "," + plan.getFilter();
    }

    private String where(MetricPlan plan, String slice) {
        return run.plan().getRunId() + " " + plan.getMetric() + (slice.isEmpty() ? "" : " " + slice);
    }

    private void add(String where, String name, long published, long recomputed) {
        Finding.compare(where, name, published, recomputed).ifPresent(findings::add);
    }

    private void near(
            String where, String name, @Nullable Double published, @Nullable Double recomputed, double tolerated) {
        boolean same = (published == null || recomputed == null)
                ? published == null && recomputed == null
                : Math.abs(published - recomputed) <= tolerated * Math.max(1, Math.abs(recomputed));
        if (!same) {
            findings.add(Finding.wrong(where, "%s is %s, recomputed %s".formatted(name, published, recomputed)));
        }
    }
}
