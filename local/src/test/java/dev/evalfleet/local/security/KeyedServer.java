package dev.evalfleet.local.security;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A model server and a webhook receiver. The model server wants a key, and talks about keys in its errors, as some do.
final class KeyedServer implements AutoCloseable {
    private static final int REFUSALS = 2;

    private final HttpServer server;
    private final String key;
    private final AtomicInteger refusals = new AtomicInteger();
    private final Queue<String> webhooks = new ConcurrentLinkedQueue<>();

    KeyedServer(String model, String key) throws IOException {
        this.key = key;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/models", exchange -> answerKeyed(exchange, "{\"data\": [{\"id\": \"" + model + "\"}]}"));
        server.createContext(
                "/v1/completions",
                exchange -> answerKeyed(
                        exchange,
                        """
                        {"choices": [{"index": 0, "text": "46", "finish_reason": "stop"}],
                         "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
                        """));
        server.createContext("/hooks", this::receive);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answerKeyed(HttpExchange exchange, String json) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        boolean known = ("Bearer " + key).equals(authorization);
        if (!known || refusals.incrementAndGet() <= REFUSALS) {
            answer(exchange, 401, "{\"error\": {\"message\": \"Incorrect API key provided: " + authorization + "\"}}");
        } else {
            answer(exchange, 200, json);
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        webhooks.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        answer(exchange, 200, "{}");
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
