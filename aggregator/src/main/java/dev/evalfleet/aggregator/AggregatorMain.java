package dev.evalfleet.aggregator;

import dev.evalfleet.runtime.Lifecycle;
import dev.evalfleet.runtime.ManagementServer;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import java.nio.file.Path;
import java.util.List;

/// The aggregator as a process of its own.
public final class AggregatorMain {
    private AggregatorMain() {}

    /// @param arguments the configuration file; none: variables are all there is
    public static void main(String[] arguments) {
        System.exit(run(Settings.load(arguments.length == 0 ? null : Path.of(arguments[0]), System.getenv())));
    }

    /// @return the exit code
    static int run(Settings settings) {
        AggregatorSettings own = AggregatorSettings.from(settings);
        Settings http = settings.section("http");
        String host = http.string("host", "0.0.0.0");
        int port = http.integer("port", 8080);
        http.build(() -> port);
        try (Fleet fleet = Fleet.connect(settings)) {
            var aggregator = new AggregatorService(fleet, own);
            var management = new ManagementServer(host, port, fleet.meters(), List.of(aggregator));
            return Lifecycle.run(management, aggregator);
        } catch (OperatorException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
