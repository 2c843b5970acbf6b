package dev.evalfleet.producer.gate;

import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.StopEarly;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The gates of a request against the tasks it names. A gate names a metric (`exact_match`: the first filter that has
/// it) or a metric and a filter (`exact_match,strict-match`), and holds for every task that has it.
public final class GateCheck {
    private final Gates gates;
    private final List<Gated> tasks;
    private final Problems problems;

    /// What gates can be set on in a task.
    ///
    /// @param slices columns whose values are slices
    public record Gated(String task, List<MetricPlan> metrics, Collection<String> slices) {}

    private GateCheck(Gates gates, List<Gated> tasks, Problems problems) {
        this.gates = gates;
        this.tasks = tasks;
        this.problems = problems;
    }

    /// Checks what needs no task: numbers, and whether there is something to compare with.
    ///
    /// @param compared whether the runs of the request have a baseline
    public static void checkNumbers(Gates gates, boolean compared, Problems problems) {
        if (!(gates.getAlpha() > 0 && gates.getAlpha() < 0.5)) {
            problems.add("request gates.alpha", "must be in (0, 0.5), but is " + gates.getAlpha());
        }
        gates.getMin().forEach((metric, least) -> {
            if (!Double.isFinite(least)) {
                problems.add("request gates.min." + metric, "must be a number, but is " + least);
            }
        });
        gates.getMaxRegression().forEach((metric, drop) -> {
            if (!(drop >= 0 && Double.isFinite(drop))) {
                problems.add("request gates.maxRegression." + metric, "must not be negative, but is " + drop);
            }
        });
        if (!gates.getMaxRegression().isEmpty() && !compared) {
            problems.add(
                    "request gates.maxRegression",
                    "needs a baseline to compare with: a model of the request, an earlier run, or a named baseline");
        }
        if (gates.getStopEarly() != StopEarly.NEVER
                && gates.getMin().isEmpty()
                && gates.getMaxRegression().isEmpty()) {
            problems.add("request gates.stopEarly", "there is no gate (min or maxRegression) that could stop a run");
        }
    }

    public static void check(Gates gates, List<Gated> tasks, Problems problems) {
        var check = new GateCheck(gates, tasks, problems);
        gates.getMin().forEach((metric, least) -> check.gate("gates.min." + metric, metric, least, true));
        gates.getMaxRegression()
                .forEach((metric, drop) -> check.gate("gates.maxRegression." + metric, metric, drop, false));
        if (gates.getPrimaryMetric() != null) {
            check.present("gates.primaryMetric", gates.getPrimaryMetric());
        }
        check.slices();
    }

    /// The gates that concern a task; the others are left out. A run without a gate is never stopped.
    ///
    /// @param isCandidate a baseline has no gates of its own
    public static Gates of(Gates gates, Gated task, boolean isCandidate) {
        Map<String, Double> min = isCandidate ? concerning(gates.getMin(), task) : Map.of();
        Map<String, Double> drops = isCandidate ? concerning(gates.getMaxRegression(), task) : Map.of();
        String primary = gates.getPrimaryMetric();
        return Gates.newBuilder(gates)
                .setMin(min)
                .setMaxRegression(drops)
                .setPrimaryMetric(primary == null || find(primary, task).isEmpty() ? null : primary)
                .setSlices(gates.getSlices().stream()
                        .filter(column -> task.slices().contains(column))
                        .toList())
                .setStopEarly(min.isEmpty() && drops.isEmpty() ? StopEarly.NEVER : gates.getStopEarly())
                .build();
    }

    private static Map<String, Double> concerning(Map<String, Double> thresholds, Gated task) {
        var kept = new LinkedHashMap<String, Double>();
        thresholds.forEach((metric, threshold) -> {
            if (find(metric, task).isPresent()) {
                kept.put(metric, threshold);
            }
        });
        return kept;
    }

    private static Optional<MetricPlan> find(String gated, Gated task) {
        return task.metrics().stream()
                .filter(metric ->
                        gated.equals(metric.getMetric()) || gated.equals(metric.getMetric() + "," + metric.getFilter()))
                .findFirst();
    }

    private void gate(String field, String metric, double threshold, boolean isAbsolute) {
        for (MetricPlan plan : present(field, metric)) {
            Double lower = plan.getLower();
            Double upper = plan.getUpper();
            if (!plan.getAggregation().equals("mean") || lower == null || upper == null) {
                problem(
                        field,
                        "is taken over the whole corpus or has no bounds (" + plan.getAggregation()
                                + "), and no guarantee holds for such a value while the run goes on;"
                                + " gate a metric that is the mean of bounded scores, such as exact_match or acc");
            } else if (isAbsolute && Double.isFinite(threshold) && (threshold < lower || threshold > upper)) {
                problem(field, "must be between " + lower + " and " + upper + ", but is " + threshold);
            } else if (!isAbsolute && threshold >= upper - lower) {
                problem(
                        field,
                        "no drop of a metric between " + lower + " and " + upper + " is larger than " + threshold
                                + ": the gate could not fail");
            }
        }
    }

    /// The metric in each task that has it; a problem when none has.
    private List<MetricPlan> present(String field, String metric) {
        var found = new ArrayList<MetricPlan>();
        tasks.forEach(task -> find(metric, task).ifPresent(found::add));
        if (found.isEmpty()) {
            Set<String> known = tasks.stream()
                    .flatMap(task -> task.metrics().stream())
                    .flatMap(plan -> plan.getFilter().equals("none")
                            ? Stream.of(plan.getMetric())
                            : Stream.of(plan.getMetric(), plan.getMetric() + "," + plan.getFilter()))
                    .collect(Collectors.toCollection(TreeSet::new));
            problem(
                    field,
                    "no task of the request has the metric \"" + metric + "\"; there are " + String.join(", ", known)
                            + NearestName.hint(metric, known));
        }
        return found;
    }

    private void slices() {
        var known = new TreeSet<String>();
        tasks.forEach(task -> known.addAll(task.slices()));
        for (String column : new HashSet<>(gates.getSlices())) {
            if (!known.contains(column)) {
                problem(
                        "gates.slices",
                        "no task of the request has slices by \"" + column + "\"; there are "
                                + (known.isEmpty() ? "none" : String.join(", ", known))
                                + NearestName.hint(column, known));
            }
        }
    }

    private void problem(String field, String message) {
        problems.add("request " + field, message);
    }
}
