package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.ClockWatch;
import dev.evalfleet.runtime.Lifecycle;
import dev.evalfleet.runtime.ManagementServer;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.rights.Rights;
import dev.evalfleet.schemas.Topics;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A process of the fleet: one service, connected by its settings, beside its management endpoint.
public final class FleetProcess {
    private FleetProcess() {}

    /// What kind of process it is.
    ///
    /// @param read takes the service's own settings; before anything is connected, so that mistakes come at once
    /// @param rights what the service does at the broker
    public record Kind<S>(
            Function<Settings, S> read, BiFunction<Fleet, S, Service> wire, BiFunction<Topics, S, Rights> rights) {}

    /// Runs until the process is told to stop or the service ends.
    ///
    /// @return the exit code
    /// @throws OperatorException when settings are wrong or something it needs does not answer
    public static <S> int run(Settings settings, Kind<S> kind) {
        S own = kind.read().apply(settings);
        Settings http = settings.section("http");
        String host = http.string("host", "127.0.0.1");
        int port = http.integer("port", 0);
        http.build(() -> requirePort(port));
        try (Fleet fleet = Fleet.connect(settings)) {
            Service service = guarded(fleet, kind, own);
            return Lifecycle.run(
                    new ManagementServer(host, port, fleet.meters(), List.of(service)), new ClockWatch(), service);
        }
    }

    /// The service, which says what it lacks when the broker does not let it do its work.
    public static <S> Service guarded(Fleet fleet, Kind<S> kind, S own) {
        return new GuardedService(
                fleet, kind.wire().apply(fleet, own), kind.rights().apply(fleet.topics(), own));
    }

    private static int requirePort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("http.port must be between 0 (any free port) and 65535, was " + port);
        }
        return port;
    }
}
