package dev.evalfleet.local.process;

import dev.evalfleet.local.Subcommand;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `evalfleet worker`: samples of a pool become results.
@Command(
        name = "worker",
        description = "Run a worker until it is told to stop.",
        footerHeading = "%nExample (--config):%n",
        footer = {
            "  kafka: {bootstrap-servers: \"127.0.0.1:9092\"}",
            "  registry: {urls: [\"http://127.0.0.1:8081\"]}",
            "  worker:",
            "    pool: small",
            "    models:",
            "      - {name: my-model, backend: openai, base-url: \"http://127.0.0.1:8000/v1\"}",
            "",
            "It drains on SIGTERM: what is in flight is finished or handed back."
        })
public final class WorkerCommand implements Subcommand {

    @Mixin
    private ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return options.run(new Kind<>(
                WorkerSettings::from,
                WorkerService::new,
                (topics, settings) -> WorkerService.rights(topics, settings.pool())));
    }
}
