package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.outcome.RunSummary.Counts;
import dev.evalfleet.aggregator.outcome.RunSummary.Times;
import dev.evalfleet.aggregator.tally.CompletionFigures;
import dev.evalfleet.aggregator.tally.MetricTally;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.tally.SliceTally;
import dev.evalfleet.aggregator.watch.Judge;
import dev.evalfleet.aggregator.watch.WatchPlan;
import dev.evalfleet.aggregator.watch.WatchReport;
import dev.evalfleet.aggregator.watch.Watches;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RetryPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is published of a run.
public final class Reports {
    private final RunBook book;
    private final Judge judge;
    private final WatchReport intervals;

    public Reports(RunBook book, Watches watches, Judge judge) {
        this.book = book;
        this.judge = judge;
        this.intervals = new WatchReport(watches);
    }

    /// @param missing positions without a result while results stopped coming
    public RunState state(RunPlan plan, List<Long> missing, Instant now) {
        Progress progress = book.progress(plan.getRunId());
        Counts counts = progress.counts(plan.getExpectedSamples());
        Times times = progress.times(plan.getPlannedAt().toEpochMilli());
        MetricPlan primary = PlanFacts.primary(plan).orElse(null);
        Judgement judgement = judge.verdict(plan);
        RetryPlan retry = plan.getRetry();
        return RunState.newBuilder()
                .setId(plan.getRunId())
                .setKind(StateKind.RUN)
                .setRequestId(plan.getRequestId())
                .setStatus(progress.status())
                .setStatusReason(progress.reason())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setVariant(plan.getVariant())
                .setPool(plan.getPool())
                .setRole(plan.getRole())
                .setBaselineRunId(PlanFacts.baselineRunId(plan))
                .setRetryOf(retry == null ? null : retry.getRunId())
                .setRetried(retry == null ? 0 : retry.getPositions().size())
                .setLabels(plan.getLabels())
                .setPriority(plan.getPriority())
                .setDatasetFingerprint(plan.getDatasetFingerprint())
                .setTaskHash(plan.getTaskHash())
                .setExpected(counts.expected())
                .setScored(counts.scored())
                .setFailedModel(counts.failedModel())
                .setFailedInfrastructure(counts.failedInfrastructure())
                .setFailures(progress.failures())
                .setCancelled(counts.cancelled())
                .setSaved(counts.saved())
                .setDuplicates(counts.duplicates())
                .setLate(counts.late())
                .setMissingPositions(missing)
                .setPrimaryMetric(primary == null ? null : primary.getMetric())
                .setPrimaryScore(primary == null ? null : value(primary, tally(plan, primary, PlanFacts.WHOLE)))
                .setUsage(whole(plan).usage(plan))
                .setVerdict(judgement == null ? null : judgement.verdict())
                .setPlannedAt(instant(times.planned()))
                .setFirstResultAt(instant(times.firstResult()))
                .setLastResultAt(instant(times.lastResult()))
                .setFinishedAt(instant(times.finished()))
                .setUpdatedAt(now)
                .build();
    }

    /// Every metric of these slices.
    public List<Metric> metrics(RunPlan plan, Set<String> slices, Instant now) {
        List<Metric> metrics = new ArrayList<>();
        for (String slice : slices) {
            SliceTally samples = book.tallies().slice(plan.getRunId(), slice);
            for (MetricPlan metric : plan.getMetrics()) {
                metrics.add(metric(plan, metric, slice, samples, now));
            }
        }
        return metrics;
    }

    public RunSummary summary(RunPlan plan) {
        Progress progress = book.progress(plan.getRunId());
        SliceTally whole = whole(plan);
        return new RunSummary(
                plan.getRunId(),
                progress.status(),
                Math.max(1, plan.getRequestRuns().size()),
                progress.counts(plan.getExpectedSamples()),
                isComplete(plan) ? Math.max(0, PlanFacts.expectedPairs(plan) - progress.pairs()) : 0,
                whole.promptTokens(),
                whole.outputTokens(),
                PlanFacts.cost(plan, whole.promptTokens(), whole.outputTokens()),
                plan.getPriority(),
                plan.getLabels(),
                progress.times(plan.getPlannedAt().toEpochMilli()),
                PlanFacts.baselineRunId(plan),
                WatchPlan.alpha(plan),
                judge.verdict(plan));
    }

    private Metric metric(RunPlan plan, MetricPlan metric, String slice, SliceTally samples, Instant now) {
        MetricTally tally = tally(plan, metric, slice);
        long expected = PlanFacts.expected(plan, slice);
        Metric.Builder report = Metric.newBuilder()
                .setRunId(plan.getRunId())
                .setRequestId(plan.getRequestId())
                .setTask(plan.getTask())
                .setModel(plan.getModel())
                .setVariant(plan.getVariant())
                .setMetric(metric.getMetric())
                .setFilter(metric.getFilter())
                .setSlice(slice)
                .setAggregation(metric.getAggregation())
                .setHigherIsBetter(metric.getHigherIsBetter())
                .setExpected(expected)
                .setN(tally.scores().n())
                .setFailedModel(samples.failedModel())
                .setFailedInfrastructure(samples.failedInfrastructure())
                .setValue(value(metric, tally))
                .setUsage(samples.usage(plan))
                .setCompleted(samples.samples() >= expected || isComplete(plan))
                .setUpdatedAt(now);
        PairedMetric pairs = tally.pairs().report(PlanFacts.baselineRunId(plan));
        boolean wasEnded = wasEnded(plan);
        report.setPaired(wasEnded ? CompletionFigures.without(pairs) : pairs);
        if (!wasEnded) {
            CompletionFigures.addTo(report, metric, tally, report.getCompleted());
        }
        intervals.addTo(report, plan, metric);
        return report.build();
    }

    // By its numbers, or by somebody who saw them.
    private boolean wasEnded(RunPlan plan) {
        RunStatus status = book.progress(plan.getRunId()).status();
        return status == RunStatus.STOPPED_EARLY || status == RunStatus.CANCELLED;
    }

    private boolean isComplete(RunPlan plan) {
        RunStatus status = book.progress(plan.getRunId()).status();
        return status == RunStatus.COMPLETED || status == RunStatus.INCOMPLETE;
    }

    private SliceTally whole(RunPlan plan) {
        return book.tallies().slice(plan.getRunId(), PlanFacts.WHOLE);
    }

    private MetricTally tally(RunPlan plan, MetricPlan metric, String slice) {
        return book.tallies().metric(plan.getRunId(), metric, slice);
    }

    // Null too for an aggregation that does not follow from sums.
    private static @Nullable Double value(MetricPlan metric, MetricTally tally) {
        CorpusMetric aggregation = CorpusMetric.named(metric.getAggregation()).orElse(null);
        return aggregation == null ? null : tally.value(aggregation);
    }

    private static @Nullable Instant instant(long millis) {
        return millis < 0 ? null : Instant.ofEpochMilli(millis);
    }
}
