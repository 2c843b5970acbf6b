package dev.evalfleet.loadtest.command;

import dev.evalfleet.loadtest.scaling.KafkaTrigger;
import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.loadtest.scaling.ScalingPolicy;
import dev.evalfleet.loadtest.scaling.ScalingRules;
import dev.evalfleet.loadtest.scaling.ScalingRules.Select;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The ScaledObject, with the chart's defaults.
public final class ScalingOptions {
    @Option(
            names = "--lag-threshold",
            paramLabel = "N",
            description = "Lag for which there is one worker (default: the samples a worker runs at once).")
    private @Nullable Long lagThreshold;

    @Option(
            names = "--activation-lag-threshold",
            paramLabel = "N",
            defaultValue = "0",
            description = "The first worker starts when the lag is above this (default: ${DEFAULT-VALUE}).")
    private long activationLagThreshold;

    @Option(
            names = "--min-replicas",
            paramLabel = "N",
            defaultValue = "0",
            description = "Workers that always run (default: ${DEFAULT-VALUE}).")
    private int minReplicas;

    @Option(
            names = "--polling-interval",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = DurationText.class,
            description = "Between two looks of KEDA, which does 0 to 1 and to 0 (default: ${DEFAULT-VALUE}).")
    private Duration pollingInterval = Duration.ofSeconds(15);

    @Option(
            names = "--cooldown",
            paramLabel = "TIME",
            defaultValue = "300s",
            converter = DurationText.class,
            description = "Without lag before the pool goes to zero (default: ${DEFAULT-VALUE}).")
    private Duration cooldown = Duration.ofMinutes(5);

    @Option(
            names = "--sync-period",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = DurationText.class,
            description = "Between two looks of the HPA, which does 1 to N (default: ${DEFAULT-VALUE}).")
    private Duration syncPeriod = Duration.ofSeconds(15);

    @Option(
            names = "--up-window",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationText.class,
            description = "Stabilisation window of scaling up (default: ${DEFAULT-VALUE}).")
    private Duration upWindow = Duration.ZERO;

    @Option(
            names = "--up-policies",
            paramLabel = "POLICY",
            split = ",",
            defaultValue = "100%/15s,4pods/15s",
            converter = PolicyText.class,
            description = "What scaling up may add, the larger counts (default: 100%%/15s,4pods/15s).")
    private List<ScalingPolicy> upPolicies = List.of();

    @Option(
            names = "--down-window",
            paramLabel = "TIME",
            defaultValue = "300s",
            converter = DurationText.class,
            description = "Stabilisation window of scaling down (default: ${DEFAULT-VALUE}).")
    private Duration downWindow = Duration.ofMinutes(5);

    @Option(
            names = "--down-policies",
            paramLabel = "POLICY",
            split = ",",
            defaultValue = "1pods/60s",
            converter = PolicyText.class,
            description = "What scaling down may take, the larger counts (default: ${DEFAULT-VALUE}).")
    private List<ScalingPolicy> downPolicies = List.of();

    @Option(names = "--allow-idle-consumers", description = "More workers than partitions may be asked for.")
    private boolean allowIdleConsumers;

    /// @param concurrency samples a worker runs at once
    /// @param timeScale all times of the autoscaler are divided by it
    public ScaledPool pool(int concurrency, int maxReplicas, double timeScale) {
        KafkaTrigger trigger = new KafkaTrigger(
                lagThreshold == null ? concurrency : lagThreshold,
                activationLagThreshold,
                KafkaTrigger.OffsetReset.LATEST,
                true,
                allowIdleConsumers,
                false,
                false);
        return new ScaledPool(
                minReplicas,
                maxReplicas,
                scaled(pollingInterval, timeScale),
                scaled(cooldown, timeScale),
                scaled(syncPeriod, timeScale),
                ScaledPool.TOLERANCE,
                trigger,
                rules(upWindow, upPolicies, timeScale),
                rules(downWindow, downPolicies, timeScale));
    }

    private static ScalingRules rules(Duration window, List<ScalingPolicy> policies, double timeScale) {
        List<ScalingPolicy> scaled = policies.stream()
                .map(policy -> new ScalingPolicy(policy.kind(), policy.value(), scaled(policy.period(), timeScale)))
                .toList();
        return new ScalingRules(scaled(window, timeScale), Select.MAX, scaled);
    }

    private static Duration scaled(Duration duration, double timeScale) {
        return Duration.ofNanos(Math.round(duration.toNanos() / timeScale));
    }
}
