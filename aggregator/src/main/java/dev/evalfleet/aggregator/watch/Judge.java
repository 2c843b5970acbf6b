package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.watch.Goodness.Range;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The verdict of a run against its gates: the worst of them.
public final class Judge {
    /// More unresolved samples than this share, and only what failed for certain is said.
    private static final double TOLERATED_UNRESOLVED = 0.02;

    private final Watches watches;

    public Judge(Watches watches) {
        this.watches = watches;
    }

    /// The verdict now; null for a run without gates.
    public @Nullable Judgement verdict(RunPlan plan) {
        if (WatchPlan.gates(plan) == null) {
            return null;
        }
        RunWatch run = watches.run(plan.getRunId());
        if (run.stoppedFor != null) {
            return run.stoppedFor;
        }
        Map<MetricPlan, MetricWatch> gated = watches.gated(plan);
        Map<MetricPlan, GatePair> gates = new LinkedHashMap<>();
        gated.forEach((metric, watch) -> gates.put(metric, watch.gates()));
        return verdict(plan, gates, run.unresolved);
    }

    /// The verdict if what is ahead of the prefix counts, and every hole before it is whatever is against the verdict.
    /// What it rests on is not kept. Null where nothing is ahead.
    public @Nullable Judgement provisional(RunPlan plan, long from, List<Ahead> ahead) {
        if (ahead.isEmpty() || WatchPlan.gates(plan) == null) {
            return null;
        }
        Map<MetricPlan, GatePair> gates = new LinkedHashMap<>();
        watches.gated(plan)
                .forEach((metric, watch) -> gates.put(metric, watch.gates().copy()));
        long position = from;
        for (Ahead next : ahead) {
            for (; position < next.position(); position++) {
                fold(plan, gates, null, null);
            }
            fold(plan, gates, next.sample() == null ? null : next.sample().answer(), next.baseline());
            position++;
        }
        return verdict(plan, gates, watches.run(plan.getRunId()).unresolved);
    }

    /// Whether a run that is still going on may stop for this. A failure must hold for the whole request, of whose runs
    /// each may fail by chance: its e-value must reach what Holm asks of the first.
    public boolean mayStop(RunPlan plan, Judgement judgement) {
        Gates gates = WatchPlan.gates(plan);
        if (gates == null || gates.getStopEarly() == StopEarly.NEVER) {
            return false;
        }
        if (judgement.outcome() == VerdictOutcome.FAIL) {
            return judgement.failE() >= WatchPlan.certainE(plan) * WatchPlan.gateAlpha(plan) / WatchPlan.alpha(plan);
        }
        return gates.getStopEarly() == StopEarly.ON_VERDICT && judgement.passes();
    }

    /// Whether an early verdict would stop the run at all.
    public boolean wouldStop(RunPlan plan) {
        Gates gates = WatchPlan.gates(plan);
        return gates != null && gates.getStopEarly() != StopEarly.NEVER;
    }

    /// Whether the run was told to stop already.
    public boolean isStopped(RunPlan plan) {
        return watches.run(plan.getRunId()).stoppedFor != null;
    }

    /// The run stops for this verdict, and it stays.
    public void stopFor(RunPlan plan, Judgement judgement) {
        RunWatch run = watches.run(plan.getRunId());
        run.stoppedFor = judgement;
        watches.keep(plan.getRunId(), run);
    }

    private static void fold(
            RunPlan plan, Map<MetricPlan, GatePair> gates, @Nullable Answer candidate, @Nullable Answer baseline) {
        boolean compared = PlanFacts.baselineRunId(plan) != null;
        gates.forEach((metric, pair) -> {
            Goodness goodness = Goodness.of(metric);
            Range value = goodness.of(candidate, metric);
            pair.fold(plan, value, compared ? value.minus(goodness.of(baseline, metric)) : null);
        });
    }

    private Judgement verdict(RunPlan plan, Map<MetricPlan, GatePair> gates, long unresolved) {
        MetricPlan primary = WatchPlan.primary(plan).orElse(null);
        List<Finding> findings = gates.entrySet().stream()
                .sorted(Comparator.comparing(entry -> !entry.getKey().equals(primary)))
                .flatMap(entry -> findings(plan, entry.getKey(), entry.getValue()))
                .toList();
        if (findings.isEmpty()) {
            return Sentences.nothingWatched(plan);
        }
        Finding worst = findings.stream()
                .min(Comparator.comparing(Finding::outcome, Judgement.WORST))
                .orElseThrow();
        double failE = findings.stream()
                        .mapToDouble(finding -> finding.gate().fails().maxE())
                        .max()
                        .orElseThrow()
                / findings.size();
        long tolerated = (long) Math.floor(TOLERATED_UNRESOLVED * plan.getExpectedSamples());
        if (worst.outcome() != VerdictOutcome.FAIL && unresolved > tolerated) {
            return Sentences.incomplete(plan, worst, unresolved, failE);
        }
        EProc regression = primary == null
                ? null
                : watches.metric(plan, primary, PlanFacts.WHOLE).regression();
        boolean regressed = regression != null && regression.maxE() >= 1 / WatchPlan.alpha(plan);
        if (primary != null && regression != null && regressed && worst.outcome() == VerdictOutcome.UNDECIDED) {
            return Sentences.regressed(plan, primary, worst, regression, failE);
        }
        boolean within = regressed && worst.outcome() == VerdictOutcome.PASS;
        return Sentences.reached(plan, worst, within ? VerdictOutcome.PASS_WITH_REGRESSION : worst.outcome(), failE);
    }

    private Stream<Finding> findings(RunPlan plan, MetricPlan metric, GatePair pair) {
        MetricWatch watch = watches.metric(plan, metric, PlanFacts.WHOLE);
        return Stream.of(
                        pair.relative() == null ? null : new Finding(metric, pair.relative(), true, watch.difference()),
                        pair.absolute() == null ? null : new Finding(metric, pair.absolute(), false, watch.score()))
                .<Finding>mapMulti((finding, to) -> {
                    if (finding != null) {
                        to.accept(finding);
                    }
                });
    }

    static Claim claim(VerdictOutcome outcome) {
        return outcome == VerdictOutcome.REGRESSION ? Claim.POPULATION : Claim.DATASET;
    }
}
