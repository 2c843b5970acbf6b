package dev.evalfleet.local.embedded;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// What may stand between a client and a registry: asks for credentials, fails for a while, hangs before or in its
/// answer, is something else.
public final class Gate implements AutoCloseable {
    public volatile String expectedAuthorization = "";
    public volatile String answerInstead = "";
    public volatile boolean isHanging;
    public volatile boolean isHangingInAnswers;
    public final AtomicInteger failuresLeft = new AtomicInteger();
    public final AtomicInteger calls = new AtomicInteger();

    private final String target;
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    public Gate(String target) throws IOException {
        this(target, 0);
    }

    /// @param port 0 picks a free one
    public Gate(String target, int port) throws IOException {
        this.target = target;
        server = HttpServer.create(new InetSocketAddress(FreePorts.LOOPBACK, port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::pass);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
        http.close();
    }

    private void pass(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        try (exchange) {
            if (isHanging) {
                closed.await();
            } else if (isHangingInAnswers) {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                closed.await();
            } else if (failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                answer(exchange, 503, "busy");
            } else if (!answerInstead.isEmpty()) {
                answer(exchange, 404, answerInstead);
            } else if (!isAuthorized(exchange)) {
                answer(exchange, 401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
            } else {
                forward(exchange);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAuthorized(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        return expectedAuthorization.isEmpty() || expectedAuthorization.equals(given);
    }

    private void forward(HttpExchange exchange) throws IOException, InterruptedException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        answer(exchange, response.statusCode(), response.body());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
