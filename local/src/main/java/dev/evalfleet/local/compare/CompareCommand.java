package dev.evalfleet.local.compare;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.command.Identity;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet compare`: two runs, paired by document.
@Command(
        name = "compare",
        sortOptions = false,
        description = {
            "Compare two runs of one dataset, document by document: both scores, the paired difference with its 95 %%"
                    + " interval, exact McNemar with mid-p, and how many answers flipped each way, per metric and slice.",
            "",
            "The interval and p-values are for runs that have ended; while one looks again and again, the running"
                    + " figures of 'evalfleet watch' are the valid ones."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet compare BASELINE_RUN CANDIDATE_RUN",
            "  evalfleet compare RUN RUN --flips 20      what was answered where they differ",
            "  evalfleet compare RUN RUN --json | jq .metrics[0]"
        })
public final class CompareCommand implements Subcommand {

    @Parameters(index = "0", paramLabel = "BASELINE_RUN", description = "The run that is compared with.")
    private String baseline = "";

    @Parameters(index = "1", paramLabel = "CANDIDATE_RUN", description = "The run that is compared.")
    private String candidate = "";

    @Option(
            names = "--flips",
            arity = "0..1",
            fallbackValue = "10",
            paramLabel = "N",
            description = "List N samples whose score differs, with prompt and both outputs. Default: 10.")
    private @Nullable Integer flips;

    @Option(names = "--metric", paramLabel = "METRIC", description = "Whose flips. Default: the first metric.")
    private @Nullable String metric;

    @Option(names = "--json", description = "Print the comparison as JSON.")
    private boolean json;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, json);
        if (flips != null && flips < 1) {
            throw CommandException.usage("--flips must be at least 1, but is " + flips);
        }
        try (FleetClient client = fleet.connect();
                Following following = client.follow(_ -> true)) {
            FleetPicture picture = following.picture();
            RunState one = Identity.run(picture, baseline);
            RunState other = Identity.run(picture, candidate);
            RunPair.Compared compared = new RunPair(client, one, other, plan(picture, one)).compare(metric);
            warn(one, other, compared, output);
            int most = flips == null ? 0 : flips;
            List<RunPair.Flip> shown =
                    compared.flips().subList(0, Math.min(most, compared.flips().size()));
            FlippedSamples samples =
                    shown.isEmpty() ? new FlippedSamples(List.of()) : FlippedSamples.read(client, one, other, shown);
            if (json) {
                output.out().println(ComparisonView.json(one, other, compared, samples));
            } else {
                ComparisonView.print(one, other, compared, samples, output.out());
            }
            output.out().flush();
        }
        return ExitCodes.OK;
    }

    private static RunPlan plan(FleetPicture picture, RunState run) {
        return picture.plan(run.getId())
                .orElseThrow(() -> CommandException.failed(
                        "The plan of " + run.getId() + " is no longer known: its metrics cannot be told."));
    }

    private static void warn(RunState one, RunState other, RunPair.Compared compared, Output output) {
        for (RunState run : List.of(one, other)) {
            if (!FleetPicture.isOver(run.getStatus())) {
                output.say("warning: " + run.getId() + " has not ended; these figures will change.");
            }
        }
        if (one.getStatus() == RunStatus.STOPPED_EARLY || other.getStatus() == RunStatus.STOPPED_EARLY) {
            output.say("A run was stopped early for what was seen of it: its scores lean towards its verdict, and"
                    + " ordinary errors and p-values do not hold. The intervals below are valid at every moment;"
                    + " they rest on the pairs up to the first that is missing in the seeded order.");
        }
        if (compared.pairs() == 0) {
            throw CommandException.failed("No document has a score in both runs. Results are kept for 30 days;"
                    + " 'evalfleet results RUN' shows what is left.");
        }
        if (compared.unpaired() > 0) {
            output.say(compared.unpaired() + " documents have a score in only one of the runs and are left out.");
        }
    }
}
