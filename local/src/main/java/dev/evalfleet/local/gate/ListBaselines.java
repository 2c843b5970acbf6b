package dev.evalfleet.local.gate;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FrozenBaselines;
import dev.evalfleet.local.client.FrozenBaselines.Frozen;
import dev.evalfleet.local.command.FleetOptions;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `evalfleet baseline list`.
@Command(name = "list", description = "List the named baselines.")
final class ListBaselines implements Subcommand {

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        try (FleetClient client = fleet.connect();
                FrozenBaselines frozen = FrozenBaselines.follow(client.fleet())) {
            List<Frozen> all = frozen.all();
            if (all.isEmpty()) {
                output.say("No baseline is set. 'evalfleet baseline set NAME RUN' sets one.");
                return ExitCodes.OK;
            }
            Table table = new Table("baseline", "task", "run", ">scores", "dataset");
            for (Frozen baseline : all) {
                String dataset = baseline.datasetFingerprint();
                table.row(
                        baseline.name(),
                        baseline.task(),
                        baseline.runId(),
                        Show.count(baseline.rows()),
                        dataset.substring(0, Math.min(12, dataset.length())));
            }
            table.print(output.out());
        }
        return ExitCodes.OK;
    }
}
