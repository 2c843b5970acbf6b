package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.OperatorException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Kafka broker and controller in this JVM, reachable from this machine only: the only file that touches broker
/// internals. Topics and offsets stay in the data folder; a later start finds them. A fatal fault of the broker ends
/// the JVM, as it ends a broker.
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final int TRIES = 3;

    private final KafkaRaftServer server;
    private final DataDirLock lock;
    private final int port;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, DataDirLock lock, int port) {
        this.server = server;
        this.lock = lock;
        this.port = port;
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
    public static synchronized EmbeddedBroker start(Path dataDir, int port, Map<String, String> properties) {
        Path logs = dataDir.toAbsolutePath().resolve("broker");
        if (port != 0) {
            FreePorts.requireFree(port, "the broker");
        }
        DataDirLock lock = DataDirLock.take(dataDir, "broker");
        try {
            return startRetrying(logs, port, lock, properties);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
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
            Path logs, int port, DataDirLock lock, Map<String, String> special) {
        for (int attempt = 1; ; attempt++) {
            int[] free = FreePorts.two();
            int brokerPort = port == 0 ? free[0] : port;
            try {
                return new EmbeddedBroker(startOnce(logs, brokerPort, free[1], special), lock, brokerPort);
            } catch (StartupFault e) {
                if (attempt == TRIES) {
                    throw new OperatorException("The embedded broker does not start: " + e.getMessage(), e);
                }
                LOG.warn("retrying start of the embedded broker attempt={} cause=\"{}\"", attempt, e.getMessage());
            }
        }
    }

    private static KafkaRaftServer startOnce(
            Path logs, int brokerPort, int controllerPort, Map<String, String> special) {
        Properties properties = properties(logs, brokerPort, controllerPort);
        properties.putAll(special);
        formatIfNew(logs);
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

    private static void formatIfNew(Path logs) {
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
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

    private static Properties properties(Path logs, int brokerPort, int controllerPort) {
        Properties properties = new Properties();
        properties.putAll(BrokerProperties.small());
        properties.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(brokerPort, controllerPort));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + brokerPort);
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("log.dirs", logs.toString());
        return properties;
    }

    private static final class StartupFault extends RuntimeException {
        private static final long serialVersionUID = 1;

        StartupFault(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
