package dev.evalfleet.local.command;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetFile;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which fleet a command talks to: flags, then `EVALFLEET_*` variables and a file, then the fleet that `up` started.
public final class FleetOptions {

    private static final String BOOTSTRAP = "EVALFLEET_KAFKA_BOOTSTRAP_SERVERS";
    private static final String REGISTRY = "EVALFLEET_REGISTRY_URLS";
    private static final String PREFIX = "EVALFLEET_TOPICS_PREFIX";

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka broker of the fleet. Default: the fleet that 'evalfleet up' started.")
    private @Nullable String bootstrap;

    @Option(names = "--registry", paramLabel = "URL", description = "Schema registry of the fleet.")
    private @Nullable String registry;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML with the sections kafka, registry and topics, for credentials and the like.")
    private @Nullable Path config;

    /// Connects to the fleet; a broker that does not answer is told at once.
    public FleetClient connect() {
        return FleetClient.of(Fleet.connect(settings()));
    }

    /// As [#connect] where a fleet is named or up; empty otherwise.
    public Optional<FleetClient> connectIfAny() {
        return isNamed() || FleetFile.find().isPresent() ? Optional.of(connect()) : Optional.empty();
    }

    /// The pools of the fleet that `up` started, when it is the one talked to.
    public Optional<FleetFile> ownFleet() {
        return isNamed() ? Optional.empty() : FleetFile.find();
    }

    private Settings settings() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (!isNamed()) {
            FleetFile fleet = FleetFile.find().orElseThrow(FleetOptions::unknown);
            environment.put(BOOTSTRAP, fleet.bootstrap());
            environment.put(REGISTRY, fleet.registry());
            environment.put(PREFIX, fleet.prefix());
        }
        if (bootstrap != null) {
            environment.put(BOOTSTRAP, bootstrap);
        }
        if (registry != null) {
            environment.put(REGISTRY, registry);
        }
        return Settings.load(config, environment);
    }

    private boolean isNamed() {
        return bootstrap != null || config != null || System.getenv(BOOTSTRAP) != null;
    }

    private static CommandException unknown() {
        return CommandException.usage(
                "No fleet is up on this machine, and none was named. Start one with 'evalfleet up', or"
                        + " name one with --bootstrap HOST:PORT --registry URL (or " + BOOTSTRAP + " and " + REGISTRY
                        + ").");
    }
}
