package dev.evalfleet.local.command;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet cancel`: stops a run, or all runs of a request.
@Command(
        name = "cancel",
        description = "Cancel a run, or every run of a request. What was scored stays.",
        footerHeading = "%nExamples:%n",
        footer = {"  evalfleet cancel REQUEST --reason 'wrong checkpoint'", "  evalfleet cancel RUN"})
public final class CancelCommand implements Subcommand {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Parameters(paramLabel = "REQUEST|RUN", description = "What to cancel.")
    private String id = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the run.")
    private String reason = "cancelled by a user";

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Output output = Output.of(spec, false);
        try (FleetClient client = fleet.connect();
                FleetClient.Following following = client.follow(_ -> false)) {
            FleetPicture picture = following.picture();
            List<RunState> open = Identity.runs(picture, id).stream()
                    .filter(run -> !FleetPicture.isOver(run.getStatus()))
                    .toList();
            if (open.isEmpty()) {
                throw CommandException.failed(
                        id + " is over already: " + status(picture, id) + ". Nothing was cancelled.");
            }
            client.cancel(id, reason, System.getProperty("user.name"));
            boolean stopped = picture.await(
                    () -> open.stream()
                            .allMatch(run -> FleetPicture.isOver(
                                    picture.state(run.getId()).orElseThrow().getStatus())),
                    PATIENCE);
            output.say(
                    stopped
                            ? open.size() + (open.size() == 1 ? " run is" : " runs are") + " cancelled."
                            : "Asked to cancel " + id + "; 'evalfleet runs' will show when it has stopped.");
        }
        return ExitCodes.OK;
    }

    private static String status(FleetPicture picture, String id) {
        return picture.state(id)
                .map(state -> state.getStatus().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .orElse("unknown");
    }
}
