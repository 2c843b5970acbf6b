package dev.evalfleet.local.gate;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FrozenBaselines;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.avro.ControlAction;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet baseline release`.
@Command(name = "release", description = "Forget a named baseline and its scores.")
final class ReleaseBaseline implements Subcommand {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameters(paramLabel = "NAME", description = "The baseline ('evalfleet baseline list').")
    private String name = "";

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Output output = Output.of(spec, false);
        FrozenBaselines.requireName(name);
        try (FleetClient client = fleet.connect();
                FrozenBaselines frozen = FrozenBaselines.follow(client.fleet())) {
            List<String> names =
                    frozen.all().stream().map(FrozenBaselines.Frozen::name).toList();
            if (!names.contains(name)) {
                throw CommandException.failed(
                        "There is no baseline " + name + NearestName.hint(name, names) + " Nothing was released.");
            }
            client.control(
                    FrozenBaselines.control(name), ControlAction.RELEASE_BASELINE, "", System.getProperty("user.name"));
            output.say(
                    frozen.awaitGone(name, PATIENCE)
                            ? "Released " + name + "."
                            : "Asked to release " + name + "; 'evalfleet baseline list' will show when it is gone.");
        }
        return ExitCodes.OK;
    }
}
