package dev.evalfleet.loadtest;

import dev.evalfleet.loadtest.autoscale.RunCommand;
import dev.evalfleet.loadtest.command.SimulateCommand;
import dev.evalfleet.local.Subcommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `evalfleet autoscale`: the autoscaling of a cluster, without one.
@Command(
        name = "autoscale",
        description = {
            "See a pool scale as KEDA and the HPA would scale it: real workers on this",
            "machine, or a simulation of any size."
        },
        subcommands = {RunCommand.class, SimulateCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  evalfleet autoscale simulate --max-replicas 1000"})
public final class AutoscaleCommand implements Subcommand {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                Objects.requireNonNull(spec, "set by picocli").commandLine(),
                "say what to do: run or simulate, for example evalfleet autoscale simulate");
    }
}
