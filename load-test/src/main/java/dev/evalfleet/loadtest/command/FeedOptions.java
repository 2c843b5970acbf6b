package dev.evalfleet.loadtest.command;

import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.loadtest.simulate.FleetModel;
import dev.evalfleet.producer.dispatch.Routing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the dispatcher fills the pool's topic, with the producer's defaults.
public final class FeedOptions {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int BATCH = 2_000;
    private static final Duration ROUND = Duration.ofMillis(50);

    @Option(
            names = "--low-mark",
            paramLabel = "N",
            description = "Outstanding samples below which the dispatcher sends more"
                    + " (default: lag threshold x replicas, adapting).")
    private @Nullable Long lowMark;

    @Option(
            names = "--high-mark",
            paramLabel = "N",
            description = "Outstanding samples up to which it sends (default: twice the low mark).")
    private @Nullable Long highMark;

    @Option(
            names = "--routing",
            paramLabel = "POLICY",
            defaultValue = "least-outstanding",
            description = "least-outstanding or round-robin (default: ${DEFAULT-VALUE}).")
    private String routing = "least-outstanding";

    /// As `producer.pools` reads them.
    public FleetModel.Feed feed(ScaledPool pool, int partitions) {
        long fullScale = pool.trigger().lagThreshold() * pool.maxReplicas();
        boolean adaptive = lowMark == null && highMark == null;
        long enough = Math.max(fullScale, adaptive ? partitions : half(highMark));
        long low = lowMark == null ? enough : lowMark;
        long high = highMark == null ? 2 * low : highMark;
        return new FleetModel.Feed(partitions, low, high, adaptive, Routing.Policy.named(routing), TICK, BATCH, ROUND);
    }

    private static long half(@Nullable Long mark) {
        return mark == null ? 0 : mark / 2;
    }
}
