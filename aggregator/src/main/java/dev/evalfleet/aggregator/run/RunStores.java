package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.aggregator.tally.ClusterTally;
import dev.evalfleet.aggregator.tally.MetricTally;
import dev.evalfleet.aggregator.tally.SliceTally;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/// The stores of the run stage; keys begin with the run's id.
public record RunStores(
        KeyValueStore<String, RunPlan> plans,
        KeyValueStore<String, Progress> progress,
        KeyValueStore<String, Positions.Row> positions,
        KeyValueStore<String, SliceTally> slices,
        KeyValueStore<String, MetricTally> metrics,
        KeyValueStore<String, ClusterTally> clusters,
        KeyValueStore<String, Prefix.Step> ahead,
        KeyValueStore<String, WaitingOutcomes.Waiting> waiting) {
    private static final String PLANS = "run-plans";
    private static final String PROGRESS = "run-progress";
    private static final String POSITIONS = "run-positions";
    private static final String SLICES = "slice-tallies";
    private static final String METRICS = "metric-tallies";
    private static final String CLUSTERS = "cluster-tallies";
    private static final String AHEAD = "ahead-of-prefix";
    private static final String WAITING = "waiting-outcomes";

    /// What is written with every outcome is cached, so that the changelog gets one row per commit and not per
    /// outcome.
    public static Set<StoreBuilder<?>> builders(StoreKind kind, Serde<RunPlan> plans) {
        return Set.of(
                kind.store(PLANS, plans),
                kind.store(PROGRESS, Progress.CODEC).withCachingEnabled(),
                kind.store(POSITIONS, Positions.Row.CODEC).withCachingEnabled(),
                kind.store(SLICES, SliceTally.CODEC).withCachingEnabled(),
                kind.store(METRICS, MetricTally.CODEC).withCachingEnabled(),
                kind.store(CLUSTERS, ClusterTally.CODEC).withCachingEnabled(),
                kind.store(AHEAD, Prefix.Step.CODEC).withCachingEnabled(),
                kind.store(WAITING, WaitingOutcomes.Waiting.CODEC));
    }

    public static RunStores of(ProcessorContext<?, ?> context) {
        return new RunStores(
                context.getStateStore(PLANS),
                context.getStateStore(PROGRESS),
                context.getStateStore(POSITIONS),
                context.getStateStore(SLICES),
                context.getStateStore(METRICS),
                context.getStateStore(CLUSTERS),
                context.getStateStore(AHEAD),
                context.getStateStore(WAITING));
    }
}
