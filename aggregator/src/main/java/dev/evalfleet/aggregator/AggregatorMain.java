package dev.evalfleet.aggregator;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.FleetProcess;
import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import java.nio.file.Path;

/// The aggregator as a process of its own.
public final class AggregatorMain {
    private AggregatorMain() {}

    /// @param arguments the configuration file; none: variables are all there is
    public static void main(String[] arguments) {
        System.exit(run(Settings.load(arguments.length == 0 ? null : Path.of(arguments[0]), System.getenv())));
    }

    /// @return the exit code
    static int run(Settings settings) {
        try {
            return FleetProcess.run(
                    settings, new Kind<>(AggregatorSettings::from, AggregatorService::new, AggregatorService::rights));
        } catch (OperatorException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
