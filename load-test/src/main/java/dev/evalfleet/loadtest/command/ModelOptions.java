package dev.evalfleet.loadtest.command;

import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.loadtest.simulate.FleetModel;
import dev.evalfleet.loadtest.simulate.Work;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What `evalfleet autoscale simulate` simulates.
final class ModelOptions {
    @Mixin
    private ScalingOptions scaling = new ScalingOptions();

    @Mixin
    private FeedOptions feed = new FeedOptions();

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "Samples of the run (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--max-replicas",
            paramLabel = "N",
            defaultValue = "1000",
            description = "GPUs, one for each worker (default: ${DEFAULT-VALUE}).")
    private int maxReplicas;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Of the pool's topic (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "32",
            description = "Samples a worker runs at once (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "Mean of a sample (default: ${DEFAULT-VALUE}).")
    private Duration latency = Duration.ofSeconds(10);

    @Option(
            names = "--latency-sigma",
            paramLabel = "X",
            defaultValue = "1.2",
            description = "Spread of it, lognormal (default: ${DEFAULT-VALUE}).")
    private double latencySigma;

    @Option(
            names = "--longest",
            paramLabel = "TIME",
            defaultValue = "120s",
            converter = DurationText.class,
            description = "No sample takes longer: its tokens are used up (default: ${DEFAULT-VALUE}).")
    private Duration longest = Duration.ofMinutes(2);

    @Option(
            names = "--cold-start",
            paramLabel = "TIME",
            defaultValue = "180s",
            converter = DurationText.class,
            description = "From the decision to the first poll (default: ${DEFAULT-VALUE}).")
    private Duration coldStart = Duration.ofMinutes(3);

    @Option(
            names = "--cold-start-sigma",
            paramLabel = "X",
            defaultValue = "0.2",
            description = "Spread of it, lognormal (default: ${DEFAULT-VALUE}).")
    private double coldStartSigma;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = DurationText.class,
            description = "How long a worker that is told to stop finishes what it has (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ofMinutes(1);

    @Option(
            names = "--rebalance",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationText.class,
            description = "From a change of members to the new assignment (default: ${DEFAULT-VALUE}).")
    private Duration rebalance = Duration.ofSeconds(5);

    @Option(
            names = "--session-timeout",
            paramLabel = "TIME",
            defaultValue = "45s",
            converter = DurationText.class,
            description = "Until a worker that died without a word is missed (default: ${DEFAULT-VALUE}).")
    private Duration sessionTimeout = Duration.ofSeconds(45);

    @Option(
            names = "--eviction-every",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = DurationText.class,
            description = "Mean time between two waves of spot evictions; 0s for none (default: ${DEFAULT-VALUE}).")
    private Duration evictionEvery = Duration.ofMinutes(5);

    @Option(
            names = "--eviction-share",
            paramLabel = "X",
            defaultValue = "0.05",
            description = "Share of the workers that a wave takes (default: ${DEFAULT-VALUE}).")
    private double evictionShare;

    @Option(
            names = "--eviction-notice",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationText.class,
            description = "Between SIGTERM and the end of an evicted worker; 0s kills it (default: ${DEFAULT-VALUE}).")
    private Duration evictionNotice = Duration.ofSeconds(30);

    @Option(
            names = "--horizon",
            paramLabel = "TIME",
            defaultValue = "240h",
            converter = DurationText.class,
            description = "A run that is not over by then is given up (default: ${DEFAULT-VALUE}).")
    private Duration horizon = Duration.ofDays(10);

    FleetModel model(long seed) {
        ScaledPool pool = scaling.pool(concurrency, maxReplicas, 1);
        FleetModel.Spot spot = evictionEvery.isZero()
                ? FleetModel.Spot.NONE
                : new FleetModel.Spot(evictionEvery, evictionShare, evictionNotice);
        FleetModel.Pod pod = new FleetModel.Pod(
                concurrency,
                Work.lognormal(seed ^ 0x57A87L, seconds(coldStart), coldStartSigma, Double.MAX_VALUE),
                drain,
                Duration.ofSeconds(2),
                rebalance,
                sessionTimeout,
                Duration.ofMillis(10));
        return new FleetModel(
                samples,
                Work.lognormal(seed, seconds(latency), latencySigma, seconds(longest)),
                feed.feed(pool, partitions),
                pod,
                spot,
                pool,
                horizon,
                seed);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
