package dev.evalfleet.local.process;

import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.FleetProcess;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every process is told, and how every process runs.
final class ProcessOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML; EVALFLEET_* variables win (worker.pool is EVALFLEET_WORKER_POOL).")
    private @Nullable Path config;

    /// Reads the settings, connects, and runs one service beside the management endpoint until it is stopped.
    <S> Integer run(FleetProcess.Kind<S> kind) {
        Settings settings = Settings.load(config, System.getenv());
        return FleetProcess.run(settings, kind) == 0 ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
