package dev.evalfleet.local.embedded;

import java.nio.file.Path;

/// The broker that tests run on: the one whose address is given, else one in a container, else the embedded one.
///
/// @param description what it is and why, for whoever reads the output of the tests
record TestBroker(String bootstrapServers, String description, Runnable stop) implements AutoCloseable {
    /// Its value is `host:port` of a broker that tests may create topics on.
    static final String ADDRESS = "EVALFLEET_TEST_BOOTSTRAP";

    static TestBroker start(Path dataDir) {
        TestBroker broker = choose(dataDir);
        System.out.printf("Tests run on %s at %s%n", broker.description, broker.bootstrapServers);
        return broker;
    }

    @Override
    public void close() {
        stop.run();
    }

    private static TestBroker choose(Path dataDir) {
        String given = System.getenv(ADDRESS);
        if (given != null && !given.isBlank()) {
            return new TestBroker(given.strip(), "the broker that %s names".formatted(ADDRESS), () -> {});
        }
        return switch (ContainerBroker.start()) {
            case ContainerBroker.Started(var bootstrapServers, var image, var container) ->
                new TestBroker(bootstrapServers, "%s in a container".formatted(image), container::stop);
            case ContainerBroker.Unavailable(var reason) -> embedded(dataDir, reason);
        };
    }

    private static TestBroker embedded(Path dataDir, String whyNoContainer) {
        EmbeddedBroker broker = EmbeddedBroker.start(dataDir);
        return new TestBroker(
                broker.bootstrapServers(),
                "the embedded broker (%s is not set; no container: %s)".formatted(ADDRESS, whyNoContainer),
                broker::close);
    }
}
