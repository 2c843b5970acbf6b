package dev.evalfleet.worker.inference.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// A model server that answers what it is told, one answer per call; then a good one.
final class FakeServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// One answer, written to the exchange.
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    /// What a call asked.
    record Call(String path, String authorization, JsonNode body) {}

    private final HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Answer models = json(200, "{\"data\":[{\"id\":\"m\"}]}");

    FakeServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/models", exchange -> answer(exchange, models));
        server.createContext("/", this::handle);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    FakeServer will(Answer... next) {
        synchronized (answers) {
            answers.addAll(List.of(next));
        }
        return this;
    }

    void modelsAnswer(Answer answer) {
        models = answer;
    }

    List<Call> calls() {
        return calls;
    }

    JsonNode lastBody() {
        return calls.getLast().body();
    }

    static Answer json(int status, String body, String... headers) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /// A stream of the data given, each as one event.
    static Answer stream(String... data) {
        StringBuilder text = new StringBuilder(": comment\r\n");
        for (String each : data) {
            text.append("event: x\ndata: ").append(each).append("\n\n");
        }
        return raw("text/event-stream", text.toString());
    }

    static Answer raw(String contentType, String text) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        };
    }

    /// Sends what it is given and then nothing, until the server is closed.
    Answer thenSilence(String contentType, String text) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", contentType);
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            closing.await();
        };
    }

    /// Never answers.
    Answer silence() {
        return _ -> closing.await();
    }

    /// Cuts the connection without an answer.
    static Answer reset() {
        return exchange -> {
            throw new IOException("cut on purpose");
        };
    }

    private void handle(HttpExchange exchange) {
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            calls.add(new Call(exchange.getRequestURI().getPath(), String.valueOf(authorization), JSON.readTree(body)));
        } catch (IOException e) {
            exchange.close();
            return;
        }
        Answer next;
        synchronized (answers) {
            next = answers.poll();
        }
        answer(exchange, next == null ? json(200, completion("fine")) : next);
    }

    private static void answer(HttpExchange exchange, Answer answer) {
        try (exchange) {
            answer.to(exchange);
        } catch (IOException e) {
            // the client is gone, or the connection is cut on purpose
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String completion(String text) {
        return "{\"choices\":[{\"text\":\"" + text
                + "\",\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}";
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
