package dev.evalfleet.local.process;

import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `evalfleet dashboard`: the web page of a fleet.
@Command(
        name = "dashboard",
        description = "Run a dashboard until it is told to stop.",
        footerHeading = "%nExample (--config):%n",
        footer = {
            "  kafka: {bootstrap-servers: \"127.0.0.1:9092\"}",
            "  registry: {urls: [\"http://127.0.0.1:8081\"]}",
            "  dashboard: {host: 127.0.0.1, port: 8080}"
        })
public final class DashboardCommand implements Subcommand {

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return options.run(new Kind<>(
                DashboardSettings::from, DashboardService::new, (topics, _) -> DashboardService.rights(topics)));
    }
}
