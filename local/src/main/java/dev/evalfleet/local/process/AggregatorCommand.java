package dev.evalfleet.local.process;

import dev.evalfleet.aggregator.AggregatorService;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `evalfleet aggregator`: results become metrics, run states and alerts.
@Command(
        name = "aggregator",
        description = "Run an aggregator until it is told to stop.",
        footerHeading = "%nExample (--config):%n",
        footer = {
            "  kafka: {bootstrap-servers: \"127.0.0.1:9092\"}",
            "  registry: {urls: [\"http://127.0.0.1:8081\"]}",
            "  aggregator: {state-dir: /var/lib/evalfleet/streams}"
        })
public final class AggregatorCommand implements Subcommand {

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return options.run(new Kind<>(AggregatorSettings::from, AggregatorService::new, AggregatorService::rights));
    }
}
