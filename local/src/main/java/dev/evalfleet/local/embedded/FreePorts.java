package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.OperatorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Ports nobody listens on at the moment. Somebody may take one before it is used: be ready to pick again.
public final class FreePorts {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private FreePorts() {}

    /// Different ports.
    public static List<Integer> several(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(listenOn(0));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.forEach(FreePorts::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws OperatorException when somebody listens there
    static void requireFree(int port, String what) {
        try (ServerSocket socket = listenOn(port)) {
            socket.getLocalPort();
        } catch (IOException e) {
            throw new OperatorException(
                    "Port %d on 127.0.0.1, wanted for %s, is in use. Stop what uses it, or choose another port"
                            .formatted(port, what),
                    e);
        }
    }

    private static ServerSocket listenOn(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(LOOPBACK, port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
