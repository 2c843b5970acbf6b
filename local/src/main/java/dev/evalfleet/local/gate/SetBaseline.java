package dev.evalfleet.local.gate;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FrozenBaselines;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.command.Identity;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet baseline set`.
@Command(name = "set", description = "Freeze the scores of a completed run under a name.")
final class SetBaseline implements Subcommand {

    /// The aggregator forgets the outcomes of a run that long after its end (aggregator.kept-for).
    private static final Duration FREEZABLE = Duration.ofDays(7);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(15);

    @Parameters(paramLabel = "NAME", description = "Letters, digits, '.', '_' and '-', such as production.")
    private String name = "";

    @Parameters(paramLabel = "RUN", description = "The run ('evalfleet runs REQUEST' lists them).")
    private String run = "";

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Output output = Output.of(spec, false);
        FrozenBaselines.requireName(name);
        try (FleetClient client = fleet.connect()) {
            RunState state;
            try (Following known = client.follow(_ -> false)) {
                state = requireFreezable(Identity.run(known.picture(), run));
            }
            try (FrozenBaselines frozen = FrozenBaselines.follow(client.fleet())) {
                client.control(
                        FrozenBaselines.control(name),
                        ControlAction.SET_BASELINE,
                        run,
                        System.getProperty("user.name"));
                long answered = state.getScored() + state.getFailedModel() + state.getFailedInfrastructure();
                long rows = frozen.awaitRows(name, run, answered, QUIET, PATIENCE);
                if (rows == 0) {
                    throw CommandException.failed("Asked for it, but no score of " + run + " was frozen within "
                            + PATIENCE.toSeconds() + " s. Is an aggregator running? 'evalfleet baseline list' shows"
                            + " what is frozen.");
                }
                String most = rows < answered ? " of " + Show.count(answered) : "";
                output.say("Baseline " + name + ": " + Show.count(rows) + most + " scores of " + run + " are kept"
                        + (most.isEmpty() ? "." : "; 'evalfleet baseline list' shows when more are."));
            }
        }
        return ExitCodes.OK;
    }

    private static RunState requireFreezable(RunState state) {
        if (state.getStatus() != RunStatus.COMPLETED && state.getStatus() != RunStatus.INCOMPLETE) {
            throw CommandException.failed(state.getId() + " is "
                    + state.getStatus().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + ": only a completed run can be a baseline.");
        }
        Instant finished = state.getFinishedAt();
        if (finished != null && finished.isBefore(Instant.now().minus(FREEZABLE))) {
            throw CommandException.failed(state.getId() + " ended at " + Show.time(finished) + ", more than "
                    + FREEZABLE.toDays() + " days ago, and its outcomes are gone. Evaluate the model again.");
        }
        return state;
    }
}
