package dev.evalfleet.local.stats;

import dev.evalfleet.local.Subcommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `evalfleet stats`: recompute and measure the statistics.
@Command(
        name = "stats",
        description = "Check the statistics: against another reference's numbers, or by simulation.",
        subcommands = {ReplayCommand.class, SimulateCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet stats replay vectors.json",
            "  evalfleet stats simulate --n 1000 --p 0.9 --discordance 0.1 --delta 0.02"
        })
public final class StatsCommand implements Subcommand {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "say what to do with stats: replay or simulate");
    }
}
