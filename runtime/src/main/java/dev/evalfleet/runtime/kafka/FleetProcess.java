package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.Lifecycle;
import dev.evalfleet.runtime.ManagementServer;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A process of the fleet: one service, connected by its settings, beside its management endpoint.
public final class FleetProcess {
    private FleetProcess() {}

    /// Runs until the process is told to stop or the service ends.
    ///
    /// @param read takes the service's own settings; before anything is connected, so that mistakes come at once
    /// @return the exit code
    /// @throws OperatorException when settings are wrong or something it needs does not answer
    public static <S> int run(Settings settings, Function<Settings, S> read, BiFunction<Fleet, S, Service> wire) {
        S own = read.apply(settings);
        Settings http = settings.section("http");
        String host = http.string("host", "127.0.0.1");
        int port = http.integer("port", 0);
        http.build(() -> requirePort(port));
        try (Fleet fleet = Fleet.connect(settings)) {
            Service service = wire.apply(fleet, own);
            return Lifecycle.run(new ManagementServer(host, port, fleet.meters(), List.of(service)), service);
        }
    }

    private static int requirePort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("http.port must be between 0 (any free port) and 65535, was " + port);
        }
        return port;
    }
}
