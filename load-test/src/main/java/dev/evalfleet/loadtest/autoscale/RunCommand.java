package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.chart.FleetChart;
import dev.evalfleet.loadtest.command.DurationText;
import dev.evalfleet.loadtest.command.FeedOptions;
import dev.evalfleet.loadtest.command.ScalingOptions;
import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.loadtest.stage.Folders;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet autoscale run`: a real fleet on this machine, scaled from zero and back.
@Command(
        name = "run",
        description = {
            "Scale real worker processes on this machine from zero to N and back to zero,",
            "by the lag of a real broker, as KEDA and the HPA would; check that nothing is",
            "lost, and compare with the simulation of the same run.",
            "Times of the autoscaler are those of a cluster, divided by --time-scale; the",
            "model is scripted, its latencies are lognormal."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet autoscale run",
            "  evalfleet autoscale run --lag-threshold 8 --routing round-robin --svg run.svg",
            "",
            "Exit codes: 0 nothing was lost, 1 something was, 2 wrong usage."
        })
public final class RunCommand implements Callable<Integer> {
    @Mixin
    private ScalingOptions scaling = new ScalingOptions();

    @Mixin
    private FeedOptions feed = new FeedOptions();

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "600",
            description = "Samples of the request (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--max-replicas",
            paramLabel = "N",
            defaultValue = "6",
            description = "Most worker processes (default: ${DEFAULT-VALUE}).")
    private int maxReplicas;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "24",
            description = "Of the pool's topic (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "4",
            description = "Samples a worker runs at once (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = DurationText.class,
            description = "Mean of a sample (default: ${DEFAULT-VALUE}).")
    private Duration latency = Duration.ofSeconds(2);

    @Option(
            names = "--latency-sigma",
            paramLabel = "X",
            defaultValue = "1.2",
            description = "Spread of it, lognormal (default: ${DEFAULT-VALUE}).")
    private double latencySigma;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "How long a worker that is told to stop finishes what it has (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--time-scale",
            paramLabel = "X",
            defaultValue = "15",
            description = "Times of the autoscaler are divided by it: 15 s become 1 s (default: ${DEFAULT-VALUE}).")
    private double timeScale;

    @Option(
            names = "--at-most",
            paramLabel = "TIME",
            defaultValue = "9m",
            converter = DurationText.class,
            description = "After this it is given up (default: ${DEFAULT-VALUE}).")
    private Duration atMost = Duration.ofMinutes(9);

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where data and logs go (default: evalfleet-autoscale in the temporary folder).")
    private @Nullable Path folder;

    @Option(names = "--keep", description = "Keep data and logs also when all is well.")
    private boolean keep;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw replicas and lag, measured and simulated.")
    private @Nullable Path svg;

    @Option(names = "--json", description = "Print the figures as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out =
                Objects.requireNonNull(spec, "set by picocli").commandLine().getOut();
        if (!(timeScale > 0)) {
            throw CommandException.usage("--time-scale must be positive, was " + timeScale);
        }
        Path place = folder == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "evalfleet-autoscale")
                : folder.toAbsolutePath();
        Folders.delete(place);
        LiveOutcome outcome = LiveRun.play(model(), place, atMost);
        if (svg != null) {
            Files.writeString(svg, FleetChart.of(title(), outcome.measured(), outcome.simulated()));
        }
        OutcomeTable.print(outcome, json, out);
        boolean well = outcome.check().holds() && outcome.complaints().isEmpty();
        if (well && !keep) {
            Folders.delete(place);
        }
        return well ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private LiveModel model() {
        try {
            ScaledPool pool = scaling.pool(concurrency, maxReplicas, timeScale);
            return new LiveModel(
                    samples, concurrency, latency, latencySigma, drain, feed.feed(pool, partitions), pool, seed);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private String title() {
        return "%d samples, up to %d workers of %d slots: measured, and simulated (dashed)"
                .formatted(samples, maxReplicas, concurrency);
    }
}
