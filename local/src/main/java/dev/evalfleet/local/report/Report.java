package dev.evalfleet.local.report;

import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a request ended: every run with its metrics, and which differences to the baseline are significant.
///
/// A difference is marked when its exact McNemar p-value, adjusted by Holm over all comparisons of the request,
/// is below 0.05.
public record Report(
        String requestId, Optional<RunState> state, List<Run> runs, List<Alert> alerts, List<SliceTable> slices) {

    private static final double ALPHA = 0.05;
    private static final double Z = 1.959963984540054;

    /// Below so many samples the central limit says nothing.
    private static final int FEW = 20;

    /// One run; its state is missing while the aggregator has not seen it.
    public record Run(RunPlan plan, Optional<RunState> state, List<Figure> figures) {

        /// The model, with its variant where it has one.
        String model() {
            return plan.getModel() + (plan.getVariant() == null ? "" : "/" + plan.getVariant());
        }

        boolean isStoppedEarly() {
            return state.map(RunState::getStatus)
                    .filter(status -> status == RunStatus.STOPPED_EARLY)
                    .isPresent();
        }
    }

    /// One metric of a run.
    public record Figure(Metric metric, Mark mark) {

        /// The filter is only worth a word where a task has several.
        String name() {
            return metric.getFilter().equals("none")
                    ? metric.getMetric()
                    : metric.getMetric() + "," + metric.getFilter();
        }

        public Optional<PairedMetric> paired() {
            return Optional.ofNullable(metric.getPaired());
        }

        /// With the samples of one cluster taken together, where there are clusters.
        @Nullable
        Double standardError() {
            return metric.getClusters() > 0 ? metric.getClusteredStandardError() : metric.getStandardError();
        }

        /// The 95 % interval of the value: Wilson's of independent 0/1 scores, else by the central limit theorem; below
        /// 20 samples, where neither says anything, and of a run that was ended the one valid at every moment.
        Optional<Ends> interval() {
            Double error = standardError();
            if (error == null || !metric.getCompleted() || metric.getN() < FEW) {
                return Ends.of(metric.getLower(), metric.getUpper());
            }
            Double value = metric.getValue();
            return (metric.getClusters() == 0 && metric.getWilsonLower() != null) || value == null
                    ? Ends.of(metric.getWilsonLower(), metric.getWilsonUpper())
                    : Ends.of(value - Z * error, value + Z * error);
        }
    }

    /// Both ends of an interval.
    public record Ends(double lower, double upper) {
        static Optional<Ends> of(@Nullable Double lower, @Nullable Double upper) {
            return lower == null || upper == null ? Optional.empty() : Optional.of(new Ends(lower, upper));
        }
    }

    /// What the comparison with the baseline says.
    public enum Mark {
        NONE,
        BETTER,
        WORSE
    }

    public static Report of(FleetPicture picture, String requestId) {
        List<RunPlan> plans = picture.plans(requestId);
        List<Metric> metrics = plans.stream()
                .flatMap(plan -> picture.overall(plan.getRunId()).stream())
                .toList();
        Set<Metric> significant = significant(metrics);
        List<Run> runs = new ArrayList<>();
        for (RunPlan plan : plans) {
            List<Figure> figures = picture.overall(plan.getRunId()).stream()
                    .map(metric -> new Figure(metric, mark(metric, significant)))
                    .toList();
            runs.add(new Run(plan, picture.state(plan.getRunId()), figures));
        }
        List<String> tasks = plans.stream().map(RunPlan::getTask).distinct().toList();
        runs.sort(Comparator.<Run>comparingInt(run -> tasks.indexOf(run.plan().getTask()))
                .thenComparing(run -> run.plan().getRole() != RunRole.BASELINE));
        List<Alert> alerts = picture.alerts().stream()
                .filter(alert -> alert.getRequestId().equals(requestId))
                .toList();
        List<SliceTable> slices = runs.stream()
                .flatMap(run -> run.state().stream()
                        .flatMap(state -> SliceTable.of(run.plan(), state.getStatus(), picture).stream()))
                .toList();
        return new Report(requestId, picture.state(requestId), List.copyOf(runs), alerts, slices);
    }

    /// Whether any run has a verdict.
    public boolean isJudged() {
        return runs.stream()
                .anyMatch(run -> run.state().map(RunState::getVerdict).isPresent());
    }

    /// The figures that are significantly worse than the baseline's.
    public List<Figure> regressions() {
        return runs.stream()
                .flatMap(run -> run.figures().stream())
                .filter(figure -> figure.mark() == Mark.WORSE)
                .toList();
    }

    private static Mark mark(Metric metric, Set<Metric> significant) {
        PairedMetric paired = metric.getPaired();
        if (paired == null || !significant.contains(metric)) {
            return Mark.NONE;
        }
        return paired.getDifference() > 0 == metric.getHigherIsBetter() ? Mark.BETTER : Mark.WORSE;
    }

    /// Holm's step-down over everything that was compared.
    private static Set<Metric> significant(List<Metric> metrics) {
        List<Metric> compared = metrics.stream()
                .filter(metric ->
                        metric.getPaired() != null && metric.getPaired().getMcnemarP() != null)
                .sorted(Comparator.comparingDouble(metric -> metric.getPaired().getMcnemarP()))
                .toList();
        Set<Metric> significant = new HashSet<>();
        for (int rank = 0; rank < compared.size(); rank++) {
            if (compared.get(rank).getPaired().getMcnemarP() * (compared.size() - rank) >= ALPHA) {
                break;
            }
            significant.add(compared.get(rank));
        }
        return significant;
    }
}
