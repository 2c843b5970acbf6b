package dev.evalfleet.local.command;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetFile;
import dev.evalfleet.local.client.PoolView;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `evalfleet models`: what the fleet serves, and who serves it.
@Command(
        name = "models",
        description = "List the fleet's pools with their models, workers and waiting samples.",
        footerHeading = "%nExample:%n",
        footer = {
            "  evalfleet models",
            "",
            "Of the fleet that 'evalfleet up' started, every model is known. Of another fleet, those",
            "that runs were planned for: its pool catalogue is configuration of its producer."
        })
public final class ModelsCommand implements Subcommand {

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        try (FleetClient client = fleet.connect();
                FleetClient.Following following = client.follow(_ -> false)) {
            Map<String, Set<String>> models = new LinkedHashMap<>();
            fleet.ownFleet().map(FleetFile::pools).orElse(List.of()).forEach(pool -> models.computeIfAbsent(
                            pool.name(), _ -> new TreeSet<>())
                    .addAll(pool.models()));
            following.picture().runs().stream()
                    .filter(run -> !run.getPool().isEmpty())
                    .forEach(run -> models.computeIfAbsent(run.getPool(), _ -> new TreeSet<>())
                            .add(run.getModel()));
            Table table = new Table("pool", "models", ">workers", ">waiting");
            for (PoolView pool : PoolView.of(client.fleet(), models.keySet())) {
                table.row(
                        pool.name(),
                        String.join(", ", models.getOrDefault(pool.name(), Set.of())),
                        Show.count(pool.workers()),
                        Show.count(pool.waiting()));
            }
            table.print(output.out());
        }
        return ExitCodes.OK;
    }
}
