package dev.evalfleet.local.fleet;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.Interruption;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.RequestId;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.StopEarly;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet demo`: everything works, with real parts, in a minute.
@Command(
        name = "demo",
        description = {
            "See everything work: starts a fleet on this machine and evaluates three bundled toy models on six small"
                    + " tasks. tinygpt-v2 has forgotten how to subtract: watch the alert come while it runs. Each run"
                    + " stops when its verdict is certain."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet demo",
            "  evalfleet demo --full                    evaluate every sample, stop nothing early",
            "  evalfleet demo --limit 50                only 50 documents of each task",
            "  evalfleet demo --serve                   keep fleet and dashboard up afterwards",
            "  evalfleet demo --json 2>/dev/null | jq .runs[0]",
        })
public final class DemoCommand implements Subcommand {

    /// A worker takes 16 samples at a time, and no more than those are on the topic of its pool.
    private static final LocalFleetSettings.Feed SMALL_WINDOW = LocalFleetSettings.Feed.of(16, 16);

    /// What each task may lose against tinygpt-v1, by its metric.
    private static final Map<String, Double> TOLERATED = Map.of("exact_match", 0.05, "acc", 0.05);

    @Option(
            names = {"--limit", "-L"},
            paramLabel = "N",
            description = "Only the first N documents of each task.")
    private @Nullable Double limit;

    @Option(names = "--full", description = "Evaluate every sample: no run is stopped early.")
    private boolean full;

    @Option(names = "--serve", description = "Keep the fleet up afterwards, until Ctrl-C.")
    private boolean serve;

    @Option(names = "--json", description = "Print the results as JSON on standard output, and nothing else there.")
    private boolean json;

    @Mixin
    private LocalFleetOptions local = new LocalFleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Output output = Output.of(spec, json);
        Instant began = Instant.now();
        List<ModelSpec> models = UpCommand.bundled();
        EvalRequest request = request(models);
        output.say("Starting broker, schema registry, producer, workers, aggregator and dashboard ...");
        LocalFleet fleet = LocalFleet.start(LocalFleetSettings.of(local.place(), models, 1, SMALL_WINDOW));
        try (fleet;
                Interruption _ = Interruption.runs(fleet::close)) {
            output.say("Up after " + seconds(began) + " s. Dashboard: " + fleet.dashboard());
            int exitCode = evaluate(fleet, request, output);
            output.say("Done after " + seconds(began) + " s.");
            if (serve) {
                output.say("Still up: dashboard " + fleet.dashboard() + ", broker "
                        + fleet.file().bootstrap() + ". Stop with Ctrl-C.");
                fleet.serve();
            }
            return exitCode;
        }
    }

    private int evaluate(LocalFleet fleet, EvalRequest request, Output output) throws InterruptedException {
        FleetClient client = FleetClient.of(fleet.fleet());
        try (Following following = client.follow(request.getRequestId()::equals)) {
            client.submit(request);
            return output.watch(following.picture(), request.getRequestId());
        }
    }

    private EvalRequest request(List<ModelSpec> models) {
        if (limit != null && limit <= 0) {
            throw CommandException.usage("--limit must be more than 0, but is " + limit);
        }
        List<String> names = models.stream().map(ModelSpec::name).toList();
        return EvalRequest.newBuilder()
                .setRequestId(RequestId.random("demo-"))
                .setTasks(List.of("skills"))
                .setModels(names)
                .setBaseline(new Baseline(BaselineKind.MODEL, names.getFirst()))
                .setGates(Gates.newBuilder()
                        .setMaxRegression(TOLERATED)
                        .setStopEarly(full ? StopEarly.NEVER : StopEarly.ON_VERDICT)
                        .build())
                .setLimit(limit)
                .setSeed(1L)
                .setLabels(Map.of("from", "demo"))
                .setSubmittedBy(System.getProperty("user.name"))
                .setSubmittedAt(Instant.now())
                .build();
    }

    private static String seconds(Instant began) {
        return Show.seconds(Duration.between(began, Instant.now()));
    }
}
