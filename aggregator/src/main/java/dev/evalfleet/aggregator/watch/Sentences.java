package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.List;
import java.util.Locale;

/// Verdicts in words.
final class Sentences {
    private Sentences() {}

    static Judgement reached(RunPlan plan, Finding finding, VerdictOutcome outcome, double failE) {
        Verdict verdict = verdict(plan, finding, outcome)
                .setN(finding.n())
                .setEValue(finding.eValue())
                .setReason(reason(plan, finding, outcome))
                .build();
        return new Judgement(verdict, failE);
    }

    static Judgement incomplete(RunPlan plan, Finding finding, long unresolved, double failE) {
        Verdict verdict = verdict(plan, finding, VerdictOutcome.INCOMPLETE)
                .setN(finding.gate().n())
                .setReason("%d of %d samples could not be resolved, more than 2 %%"
                        .formatted(unresolved, plan.getExpectedSamples()))
                .build();
        return new Judgement(verdict, failE);
    }

    static Judgement regressed(RunPlan plan, MetricPlan metric, Finding finding, EProc regression, double failE) {
        Verdict verdict = verdict(plan, finding, VerdictOutcome.REGRESSION)
                .setMetric(metric.getMetric())
                .setN(finding.gate().n())
                .setEValue(regression.maxE())
                .setReason("%s is worse than with %s on questions like these; whether a gate fails is not certain"
                        .formatted(metric.getMetric(), baseline(plan)))
                .build();
        return new Judgement(verdict, failE);
    }

    static Judgement nothingWatched(RunPlan plan) {
        Verdict verdict = Verdict.newBuilder()
                .setOutcome(VerdictOutcome.UNDECIDED)
                .setClaim(Claim.DATASET)
                .setMetric("")
                .setN(0)
                .setExpected(plan.getExpectedSamples())
                .setReason("no gate of the request fits a bounded mean of this run")
                .build();
        return new Judgement(verdict, 0);
    }

    /// How the baseline is called.
    static String baseline(RunPlan plan) {
        BaselinePlan baseline = plan.getBaseline();
        if (baseline == null) {
            return "no baseline";
        }
        if (baseline.getName() != null) {
            return baseline.getName();
        }
        String runId = baseline.getRunId() == null ? "" : baseline.getRunId();
        List<String> parts = Ids.parts(runId);
        return runId.startsWith(plan.getRequestId() + "/") && parts.size() >= 3
                ? String.join("/", parts.subList(2, parts.size()))
                : runId;
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static Verdict.Builder verdict(RunPlan plan, Finding finding, VerdictOutcome outcome) {
        return Verdict.newBuilder()
                .setOutcome(outcome)
                .setClaim(Judge.claim(outcome))
                .setMetric(finding.metric().getMetric())
                .setExpected(plan.getExpectedSamples())
                .setLower(finding.lower())
                .setUpper(finding.upper());
    }

    private static String reason(RunPlan plan, Finding finding, VerdictOutcome outcome) {
        String certain =
                "certain after %d of %d samples of this dataset".formatted(finding.n(), plan.getExpectedSamples());
        return switch (outcome) {
            case FAIL -> "%s: %s".formatted(finding.relative() ? fell(plan, finding, true) : misses(finding), certain);
            case PASS -> "%s: %s".formatted(finding.relative() ? fell(plan, finding, false) : keeps(finding), certain);
            case PASS_WITH_REGRESSION ->
                "%s: %s; still it is worse on questions like these"
                        .formatted(finding.relative() ? fell(plan, finding, false) : keeps(finding), certain);
            case REGRESSION, UNDECIDED, INCOMPLETE ->
                "%s: %d of %d samples folded, neither verdict is certain"
                        .formatted(finding.metric().getMetric(), finding.n(), plan.getExpectedSamples());
        };
    }

    private static String fell(RunPlan plan, Finding finding, boolean really) {
        boolean higher = finding.metric().getHigherIsBetter();
        return "%s %s by more than %s against %s"
                .formatted(
                        finding.metric().getMetric(),
                        really ? (higher ? "falls" : "rises") : (higher ? "does not fall" : "does not rise"),
                        number(finding.gate().fails().m()),
                        baseline(plan));
    }

    private static String misses(Finding finding) {
        return "%s is %s %s"
                .formatted(
                        finding.metric().getMetric(),
                        finding.metric().getHigherIsBetter() ? "below" : "above",
                        number(limit(finding)));
    }

    private static String keeps(Finding finding) {
        return "%s is not %s %s"
                .formatted(
                        finding.metric().getMetric(),
                        finding.metric().getHigherIsBetter() ? "below" : "above",
                        number(limit(finding)));
    }

    private static double limit(Finding finding) {
        return Goodness.of(finding.metric()).turned(finding.gate().passes().m());
    }
}
