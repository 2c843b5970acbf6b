package dev.evalfleet.producer.dataset;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A real HTTP server on this machine that answers as it is told and remembers what it was asked.
public final class ScriptedServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /// @param path with its query
    public record Asked(String path, @Nullable String range, @Nullable String authorization) {}

    /// Answers one request; the exchange is closed afterwards.
    @FunctionalInterface
    public interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    public ScriptedServer() {
        this(InetAddress.getLoopbackAddress());
    }

    public ScriptedServer(InetAddress address) {
        try {
            server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(new Asked(
                path,
                exchange.getRequestHeaders().getFirst("Range"),
                exchange.getRequestHeaders().getFirst("Authorization")));
        Answer answer = answers.get(path);
        try (exchange) {
            if (answer == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                answer.to(exchange);
            }
        }
    }

    public String url(String path) {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + path;
    }

    public void on(String path, Answer answer) {
        answers.put(path, answer);
    }

    public void serve(String path, byte[] body) {
        on(path, exchange -> send(exchange, 200, body));
    }

    public void refuse(String path, int status) {
        on(path, exchange -> exchange.sendResponseHeaders(status, -1));
    }

    public void redirect(String path, String to) {
        on(path, exchange -> {
            exchange.getResponseHeaders().add("Location", to);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    public static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    public long times(String path) {
        return asked.stream().filter(request -> request.path().equals(path)).count();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
