package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.RowKey;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.stats.sequential.ClusterUnit;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.watch.Goodness.Range;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/// Folds the samples of the runs, position after position, into what is watched of them.
///
/// What cannot be resolved is folded as anything it might have been: the candidate's failed sample where the machinery
/// is to blame, and the baseline's where its failure was not known, and so not excluded, before the run.
public final class Watches {
    private static final String RUNS = "run-watches";
    public static final String METRICS = "metric-watches";
    private static final String CLUSTERS = "cluster-units";
    private static final Codec<ClusterUnit> UNITS = Codec.of(
            1, (unit, out) -> out.whole(unit.size()).real(unit.sum()), in -> new ClusterUnit(in.whole(), in.real()));

    private final KeyValueStore<String, RunWatch> runs;
    private final KeyValueStore<String, MetricWatch> metrics;
    private final KeyValueStore<String, ClusterUnit> clusters;

    public Watches(ProcessorContext<?, ?> context) {
        this.runs = context.getStateStore(RUNS);
        this.metrics = context.getStateStore(METRICS);
        this.clusters = context.getStateStore(CLUSTERS);
    }

    public static Set<StoreBuilder<?>> builders(StoreKind kind) {
        return Set.of(
                kind.store(RUNS, RunWatch.CODEC).withCachingEnabled(),
                kind.store(METRICS, MetricWatch.CODEC).withCachingEnabled(),
                kind.store(CLUSTERS, UNITS).withCachingEnabled());
    }

    /// The stores whose rows begin with the run.
    public List<KeyValueStore<String, ?>> rowsByRun() {
        return List.of(metrics, clusters);
    }

    public void forget(String runId) {
        runs.delete(runId);
    }

    /// The next position of a run.
    ///
    /// @param baseline the baseline's answer; null when the run has no baseline
    /// @return whether a gate was reached or missed, or a regression became certain
    public boolean fold(RunPlan plan, Sample sample, @Nullable Answer baseline) {
        RunWatch run = run(plan.getRunId());
        boolean unknownBaseline = baseline != null && baseline.ending() == Ending.INFRASTRUCTURE_FAILED;
        boolean excluded = unknownBaseline && run.excluded < excludable(plan);
        if (excluded) {
            run.excluded++;
        }
        if (sample.answer().ending() == Ending.INFRASTRUCTURE_FAILED || (unknownBaseline && !excluded)) {
            run.unresolved++;
        }
        run.clustered |= sample.clusterId() != null;
        double before = run.largestMean();
        boolean turned = false;
        for (MetricPlan metric : WatchPlan.metrics(plan)) {
            Goodness goodness = Goodness.of(metric);
            Range value = goodness.of(sample.answer(), metric);
            Range paired = baseline == null || excluded ? null : value.minus(goodness.of(baseline, metric));
            turned |= fold(plan, metric, sample, value, paired, run);
        }
        runs.put(plan.getRunId(), run);
        double enough = 1 / WatchPlan.alpha(plan);
        return turned || (before < enough && run.largestMean() >= enough);
    }

    private boolean fold(
            RunPlan plan, MetricPlan metric, Sample sample, Range value, @Nullable Range paired, RunWatch run) {
        boolean turned = false;
        List<String> family = isPrimary(plan, metric) ? WatchPlan.watchedSlices(plan) : List.of();
        double moved = 0;
        for (String slice : PlanFacts.slices(plan, sample.slices())) {
            MetricWatch watch = metric(plan, metric, slice);
            int before = standing(plan, watch);
            watch.fold(plan, slice, value, paired);
            EProc regression = watch.regression();
            if (regression != null) {
                double e = regression.e();
                foldPopulation(plan, metric, sample, slice, paired, regression);
                moved += family.contains(slice) ? regression.e() - e : 0;
            }
            metrics.put(key(plan, metric, slice), watch);
            turned |= standing(plan, watch) != before;
        }
        if (moved != 0) {
            run.moved(moved, family.size());
        }
        return turned;
    }

    private static boolean isPrimary(RunPlan plan, MetricPlan metric) {
        return WatchPlan.primary(plan).filter(metric::equals).isPresent();
    }

    // Documents about one thing are not independent questions: with known sizes, their cluster is the unit.
    private void foldPopulation(
            RunPlan plan, MetricPlan metric, Sample sample, String slice, @Nullable Range paired, EProc regression) {
        Map<String, Long> sizes = plan.getClusterSizes();
        if (!slice.equals(PlanFacts.WHOLE) || sizes.isEmpty()) {
            if (paired != null) {
                regression.add(-paired.best());
            }
            return;
        }
        String cluster = sample.clusterId();
        Long size = cluster == null ? null : sizes.get(cluster);
        if (cluster == null || size == null || size < 1) {
            return; // a lost sample: its cluster stays incomplete, and is not counted
        }
        String key = RowKey.of(plan.getRunId(), name(metric), cluster);
        ClusterUnit known = clusters.get(key);
        ClusterUnit unit = (known == null ? new ClusterUnit(0, 0) : known)
                .plus(paired == null ? Goodness.of(metric).range() : paired.best());
        clusters.put(key, unit);
        if (unit.size() == size) {
            long largest =
                    sizes.values().stream().mapToLong(Long::longValue).max().orElseThrow();
            regression.add(unit.value(largest, 0));
        }
    }

    RunWatch run(String runId) {
        RunWatch run = runs.get(runId);
        return run == null ? new RunWatch() : run;
    }

    void keep(String runId, RunWatch run) {
        runs.put(runId, run);
    }

    MetricWatch metric(RunPlan plan, MetricPlan metric, String slice) {
        MetricWatch watch = metrics.get(key(plan, metric, slice));
        return watch == null ? MetricWatch.start(plan, metric, slice) : watch;
    }

    Map<MetricPlan, MetricWatch> gated(RunPlan plan) {
        return WatchPlan.metrics(plan).stream()
                .filter(metric -> WatchPlan.isGated(plan, metric))
                .collect(Collectors.toMap(
                        metric -> metric,
                        metric -> metric(plan, metric, PlanFacts.WHOLE),
                        (first, _) -> first,
                        java.util.LinkedHashMap::new));
    }

    private static int standing(RunPlan plan, MetricWatch watch) {
        EProc regression = watch.regression();
        return watch.gates().decided(plan)
                + (regression != null && regression.maxE() >= 1 / WatchPlan.alpha(plan) ? 1 : 0);
    }

    private static long excludable(RunPlan plan) {
        BaselinePlan baseline = plan.getBaseline();
        return baseline == null ? 0 : baseline.getExcluded();
    }

    private static String name(MetricPlan metric) {
        return metric.getMetric() + "," + metric.getFilter();
    }

    private static String key(RunPlan plan, MetricPlan metric, String slice) {
        return RowKey.of(plan.getRunId(), name(metric), slice);
    }
}
