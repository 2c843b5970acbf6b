package dev.evalfleet.local.interop;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// A Kafka broker of any version in a process of its own.
final class BrokerProcess implements AutoCloseable {
    private static final Pattern UP = Pattern.compile("Transition(?:ing)? from (RECOVERY) to RUNNING");
    private static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";

    private final ServerProcess server;
    private final int port;

    private BrokerProcess(ServerProcess server, int port) {
        this.server = server;
        this.port = port;
    }

    /// Skips the test when the version cannot be had.
    static BrokerProcess start(String version, Path folder) throws IOException {
        String classPath = MavenFiles.kafka(version) + File.separator + "*";
        int[] ports = ports();
        Path properties = Files.write(folder.resolve("server.properties"), properties(folder, ports));
        List<String> format =
                List.of("-cp", classPath, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", "" + properties);
        try (ServerProcess tool = ServerProcess.start(folder, folder.resolve("format.log"), format)) {
            if (tool.awaitEnd() != 0) {
                throw new AssertionError("Kafka " + version + " cannot be prepared:\n" + tool.log());
            }
        }
        ServerProcess server = ServerProcess.start(
                folder, folder.resolve("broker.log"), List.of("-cp", classPath, "kafka.Kafka", "" + properties));
        try {
            server.awaitLine(UP);
            return new BrokerProcess(server, ports[0]);
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        server.close();
    }

    private static List<String> properties(Path folder, int[] ports) {
        return List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + ports[1],
                "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(ports[0], ports[1]),
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + ports[0],
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=PLAINTEXT",
                "log.dirs=" + folder.resolve("data"),
                "auto.create.topics.enable=false",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=4",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.num.partitions=4",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0");
    }

    private static int[] ports() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket one = new ServerSocket(0, 1, loopback);
                ServerSocket other = new ServerSocket(0, 1, loopback)) {
            return new int[] {one.getLocalPort(), other.getLocalPort()};
        }
    }
}
