package dev.evalfleet.local.report;

import dev.evalfleet.aggregator.stats.sequential.Multiplicity;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.List;
import java.util.Optional;

/// On which slices a candidate is worse than its baseline, told once, when the run is over. Of many slices some look
/// worse by chance: of those named here at most a share of alpha is expected to.
///
/// @param slices labels of those
/// @param of how many slices were compared
/// @param method how that was decided: e-BH on the e-values of a stopped run, which hold at every moment;
///     Benjamini and Hochberg on exact p-values of a completed one, which is much stronger
/// @param alpha expected share of false ones
public record SliceTable(RunPlan plan, List<String> slices, int of, String method, double alpha) {
    private static final double USUAL_ALPHA = 0.05;

    /// Empty for a run without a baseline, without slices, or that did not come to an end of its own.
    static Optional<SliceTable> of(RunPlan plan, RunStatus status, FleetPicture picture) {
        MetricPlan shown = PlanFacts.primary(plan).orElse(null);
        List<Metric> primary = picture.metrics(plan.getRunId()).stream()
                .filter(metric -> !metric.getSlice().isEmpty() && metric.getPaired() != null)
                .filter(metric -> shown != null
                        && metric.getMetric().equals(shown.getMetric())
                        && metric.getFilter().equals(shown.getFilter()))
                .toList();
        double alpha = plan.getGates() == null ? USUAL_ALPHA : plan.getGates().getAlpha();
        boolean isWhole = status == RunStatus.COMPLETED;
        boolean isJudged = primary.stream()
                .map(Metric::getPaired)
                .allMatch(pairs -> isWhole ? pairs.getMcnemarP() != null : pairs.getEValue() != null);
        if (primary.isEmpty() || !isJudged || !(isWhole || status == RunStatus.STOPPED_EARLY)) {
            return Optional.empty();
        }
        List<Integer> worse = isWhole
                ? Multiplicity.benjaminiHochberg(
                        primary.stream().map(SliceTable::p).toList(), alpha)
                : Multiplicity.eBenjaminiHochberg(
                        primary.stream()
                                .map(metric -> metric.getPaired().getEValue())
                                .toList(),
                        alpha);
        List<String> slices =
                worse.stream().map(index -> primary.get(index).getSlice()).toList();
        return Optional.of(new SliceTable(
                plan,
                slices,
                primary.size(),
                isWhole ? "Benjamini-Hochberg on McNemar's mid-p" : "e-BH at the stop",
                alpha));
    }

    // One-sided: what is better is no regression.
    private static double p(Metric metric) {
        PairedMetric pairs = metric.getPaired();
        Double mid = pairs.getMcnemarMidP();
        boolean isWorse = pairs.getDifference() < 0 == metric.getHigherIsBetter() && pairs.getDifference() != 0;
        double twoSided = mid == null ? 1 : mid;
        return isWorse ? twoSided / 2 : 1 - twoSided / 2;
    }
}
