package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.OperatorException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Kafka broker and controller in this JVM, reachable from this machine only: the only file that touches broker
/// internals. Topics and offsets stay in the data folder; a later start finds them. A fatal fault of the broker ends
/// the JVM, as it ends a broker.
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final int TRIES = 3;
    private static final String PLAINTEXT = "PLAINTEXT";
    private static final String CONTROLLER = "CONTROLLER";

    private final KafkaRaftServer server;
    private final DataDirLock lock;
    private final Map<String, Integer> ports;
    private boolean closed;

    /// Who may connect, and how.
    ///
    /// @param listeners security protocols; the first is the one of [#bootstrapServers()]. PLAINTEXT is among them:
    ///     the broker talks to itself there
    /// @param properties of the broker, on top of the usual ones
    /// @param scramUsers `SCRAM-SHA-512=[name=...,password=...]`, known from the first start
    record Access(List<String> listeners, Map<String, String> properties, List<String> scramUsers) {
        static Access open(Map<String, String> properties) {
            return new Access(List.of(PLAINTEXT), properties, List.of());
        }
    }

    /// The place of a broker among several: each is a controller, too.
    ///
    /// @param node its number
    /// @param clusterId the same for all
    /// @param controllers the port of each node's controller
    public record Seat(int node, String clusterId, Map<Integer, Integer> controllers) {
        private static Seat alone(int controller) {
            return new Seat(1, Uuid.randomUuid().toString(), Map.of(1, controller));
        }

        private int controller() {
            return Objects.requireNonNull(controllers.get(node), "each node has a controller");
        }

        private String voters() {
            return controllers.entrySet().stream()
                    .map(other -> other.getKey() + "@127.0.0.1:" + other.getValue())
                    .collect(Collectors.joining(","));
        }
    }

    private EmbeddedBroker(KafkaRaftServer server, DataDirLock lock, Map<String, Integer> ports) {
        this.server = server;
        this.lock = lock;
        this.ports = ports;
    }

    /// On a free port.
    public static EmbeddedBroker start(Path dataDir) {
        return start(dataDir, 0);
    }

    /// @param port 0 picks a free one
    /// @throws OperatorException when the port or the folder is in use
    public static EmbeddedBroker start(Path dataDir, int port) {
        return start(dataDir, port, Map.of());
    }

    /// @param properties of Kafka that this broker is to have instead of the usual ones
    public static EmbeddedBroker start(Path dataDir, int port, Map<String, String> properties) {
        return start(dataDir, port, Access.open(properties));
    }

    /// One of several brokers, which keep three copies of everything and take what two of them have.
    public static EmbeddedBroker start(Path dataDir, int port, Seat seat) {
        return start(dataDir, port, Access.open(BrokerProperties.ofThree()), seat);
    }

    static EmbeddedBroker start(Path dataDir, int port, Access access) {
        return start(dataDir, port, access, null);
    }

    private static synchronized EmbeddedBroker start(Path dataDir, int port, Access access, @Nullable Seat seat) {
        Path logs = dataDir.toAbsolutePath().resolve("broker");
        if (port != 0) {
            FreePorts.requireFree(port, "the broker");
        }
        DataDirLock lock = DataDirLock.take(dataDir, "broker");
        try {
            return startRetrying(logs, port, access, seat, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return bootstrapServers(ports.keySet().iterator().next());
    }

    String bootstrapServers(String listener) {
        return "127.0.0.1:" + ports.get(listener);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
            lock.close();
        }
    }

    // Between looking for a free port and listening on it, somebody else may take it.
    private static EmbeddedBroker startRetrying(
            Path logs, int port, Access access, @Nullable Seat wanted, DataDirLock lock) {
        for (int attempt = 1; ; attempt++) {
            List<Integer> free = FreePorts.several(access.listeners().size() + 1);
            Map<String, Integer> ports = ports(access.listeners(), port, free);
            Seat seat = wanted == null ? Seat.alone(free.getLast()) : wanted;
            try {
                return new EmbeddedBroker(startOnce(logs, ports, seat, access), lock, ports);
            } catch (StartupFault e) {
                if (attempt == TRIES) {
                    throw new OperatorException("The embedded broker does not start: " + e.getMessage(), e);
                }
                LOG.warn("retrying start of the embedded broker attempt={} cause=\"{}\"", attempt, e.getMessage());
            }
        }
    }

    private static Map<String, Integer> ports(List<String> listeners, int first, List<Integer> free) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String listener : listeners) {
            ports.put(listener, ports.isEmpty() && first != 0 ? first : free.get(ports.size()));
        }
        return ports;
    }

    private static KafkaRaftServer startOnce(Path logs, Map<String, Integer> ports, Seat seat, Access access) {
        Properties properties = properties(logs, ports, seat);
        properties.putAll(access.properties());
        formatIfNew(logs, seat, access.scramUsers());
        // Kafka ends the JVM when a start fails. Here it may be tried again.
        Exit.setExitProcedure(EmbeddedBroker::fault);
        Exit.setHaltProcedure(EmbeddedBroker::fault);
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
            return server;
        } catch (RuntimeException e) {
            if (server != null) {
                server.shutdown();
            }
            throw e instanceof StartupFault ? e : new StartupFault(String.valueOf(e.getMessage()), e);
        } finally {
            Exit.resetExitProcedure();
            Exit.resetHaltProcedure();
        }
    }

    private static void formatIfNew(Path logs, Seat seat, List<String> scramUsers) {
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setNodeId(seat.node())
                    .setClusterId(seat.clusterId())
                    .setControllerListenerName(CONTROLLER)
                    .setScramArguments(scramUsers)
                    .setMetadataLogDirectory(logs.toString())
                    .setDirectories(List.of(logs.toString()))
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception e) {
            throw new OperatorException("%s cannot be prepared for the broker: %s".formatted(logs, e.getMessage()), e);
        }
    }

    private static void fault(int status, String message) {
        throw new StartupFault("exit " + status + (message == null ? "" : ", " + message), null);
    }

    private static Properties properties(Path logs, Map<String, Integer> ports, Seat seat) {
        Properties properties = new Properties();
        properties.putAll(BrokerProperties.small());
        properties.put("node.id", String.valueOf(seat.node()));
        properties.put("listeners", addresses(ports) + "," + CONTROLLER + "://127.0.0.1:" + seat.controller());
        properties.put("advertised.listeners", addresses(ports));
        properties.put("controller.quorum.voters", seat.voters());
        properties.put("log.dirs", logs.toString());
        return properties;
    }

    private static String addresses(Map<String, Integer> ports) {
        return ports.entrySet().stream()
                .map(listener -> listener.getKey() + "://127.0.0.1:" + listener.getValue())
                .collect(Collectors.joining(","));
    }

    private static final class StartupFault extends RuntimeException {
        private static final long serialVersionUID = 1;

        StartupFault(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
