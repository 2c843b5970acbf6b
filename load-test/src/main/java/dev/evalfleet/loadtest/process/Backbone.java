package dev.evalfleet.loadtest.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Broker and schema registry, each a process of its own on a port of its own.
public final class Backbone implements AutoCloseable {
    private static final Duration UP = Duration.ofMinutes(4);

    private final int brokerPort = freePort();
    private final int registryPort = freePort();
    private final Member broker;
    private final Member registry;

    private Backbone(Path folder) {
        this.broker = member(folder.resolve("broker"), Role.BROKER, BrokerMain.class, brokerPort);
        this.registry = member(folder.resolve("registry"), Role.REGISTRY, RegistryMain.class, registryPort);
    }

    /// Starts both and waits until they take connections.
    public static Backbone start(Path folder) throws InterruptedException {
        Backbone backbone = new Backbone(folder);
        try {
            backbone.broker.start();
            backbone.registry.start();
            if (!Patience.until(UP, () -> listens(backbone.brokerPort) && listens(backbone.registryPort))) {
                throw new IllegalStateException("broker or registry did not start; see " + backbone.broker.log());
            }
            return backbone;
        } catch (RuntimeException | InterruptedException e) {
            backbone.close();
            throw e;
        }
    }

    public String bootstrap() {
        return "127.0.0.1:" + brokerPort;
    }

    public String registryUrl() {
        return "http://127.0.0.1:" + registryPort;
    }

    @Override
    public void close() {
        List.of(registry, broker).forEach(Member::kill);
    }

    private static Member member(Path folder, Role role, Class<?> main, int port) {
        List<String> command = JavaCommand.of(role, main.getName(), folder.toString(), String.valueOf(port));
        return new Member(folder.getFileName().toString(), role, command, folder);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
