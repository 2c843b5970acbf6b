package dev.evalfleet.local.fleet;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.Interruption;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetFile;
import dev.evalfleet.local.report.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet up`: a local fleet that stays up.
@Command(
        name = "up",
        description = "Start a fleet on this machine and keep it up until Ctrl-C.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet up                             the bundled demo models",
            "  evalfleet up --model tiny=djl:models/tiny --data-dir ~/evalfleet",
            "  evalfleet up --model my-model=openai:http://127.0.0.1:8000/v1 --workers 2",
            "  evalfleet up --config fleet.yaml         pools from a file; workers may join:",
            "  evalfleet worker --config worker.yaml",
            "",
            "While it is up, the other commands find it by themselves."
        })
public final class UpCommand implements Subcommand {

    private static final List<String> BUNDLED = List.of("tinygpt-v1", "tinygpt-v2", "tinygpt-v3");

    @Option(
            names = "--model",
            paramLabel = "SPEC",
            description =
                    "A pool for one model: NAME=djl:FOLDER, NAME=openai:URL[,served=NAME] or NAME=scripted. May be repeated.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Workers per pool in this process; 0: all join from outside. Default: 1.")
    private int workers = 1;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML with producer.pools, and a worker section for workers in this process.")
    private @Nullable Path config;

    @Mixin
    private LocalFleetOptions local = new LocalFleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Output output = Output.of(spec, false);
        LocalFleetSettings settings = settings();
        output.say("Starting a fleet ...");
        LocalFleet fleet = LocalFleet.start(settings);
        FleetFile file = fleet.file();
        try (fleet;
                Interruption _ = Interruption.runs(() -> {
                    file.remove();
                    fleet.close();
                })) {
            file.write();
            announce(output, fleet, file);
            fleet.serve();
            return ExitCodes.OK;
        } finally {
            file.remove();
        }
    }

    private LocalFleetSettings settings() {
        if (config != null && !models.isEmpty()) {
            throw CommandException.usage("Give the pools either with --config or with --model, not with both.");
        }
        if (workers < 0 || workers > 64) {
            throw CommandException.usage("--workers must be between 0 and 64, but is " + workers);
        }
        if (config != null) {
            return LocalFleetSettings.load(local.place(), config, workers, System.getenv());
        }
        List<ModelSpec> specs = models.isEmpty()
                ? bundled()
                : models.stream().map(ModelSpec::parse).toList();
        return LocalFleetSettings.of(local.place(), specs, workers, LocalFleetSettings.Feed.of(local.concurrency()));
    }

    static List<ModelSpec> bundled() {
        Home home = Home.find();
        return BUNDLED.stream()
                .map(name -> ModelSpec.parse(name + "=djl:" + home.model(name)))
                .toList();
    }

    private static void announce(Output output, LocalFleet fleet, FleetFile file) {
        output.say("  broker      " + file.bootstrap());
        output.say("  registry    " + file.registry());
        output.say("  dashboard   " + file.dashboard());
        output.say("  metrics     " + fleet.management() + "metrics");
        file.pools()
                .forEach(pool -> output.say("  pool        " + pool.name() + ": " + String.join(", ", pool.models())));
        output.say("Ready. Evaluate something with 'evalfleet submit', stop with Ctrl-C.");
    }
}
