package dev.evalfleet.local.process;

import dev.evalfleet.local.Subcommand;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `evalfleet producer`: requests become runs, and runs become samples on the pools' topics.
@Command(
        name = "producer",
        description = "Run a producer until it is told to stop.",
        footerHeading = "%nExample (--config):%n",
        footer = {
            "  kafka: {bootstrap-servers: \"127.0.0.1:9092\"}",
            "  registry: {urls: [\"http://127.0.0.1:8081\"]}",
            "  http: {port: 8080}                      # /live /ready /metrics",
            "  producer:",
            "    task-dirs: [tasks]",
            "    spool-dir: /var/lib/evalfleet/spool",
            "    pools:",
            "      - {name: small, models: [my-model], concurrency: 8, max-replicas: 4}"
        })
public final class ProducerCommand implements Subcommand {

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return options.run(new Kind<>(ProducerSettings::from, ProducerService::new, ProducerService::rights));
    }
}
