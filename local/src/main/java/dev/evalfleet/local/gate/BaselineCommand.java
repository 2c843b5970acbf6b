package dev.evalfleet.local.gate;

import dev.evalfleet.local.Subcommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `evalfleet baseline`: names for runs that others are compared with.
@Command(
        name = "baseline",
        description = {
            "Named baselines: the scores of a run, kept under a name until it is released.",
            "",
            "A request names one with 'baseline: NAME'. It can be compared with as long as the dataset is the same."
        },
        subcommands = {SetBaseline.class, ListBaselines.class, ReleaseBaseline.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet baseline set production RUN",
            "  evalfleet submit --tasks gsm8k --models new --baseline production \\",
            "      --max-regression exact_match=0.02 --gate",
            "  evalfleet baseline list",
            "  evalfleet baseline release production"
        })
public final class BaselineCommand implements Subcommand {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "a command is missing: set, list or release");
    }
}
