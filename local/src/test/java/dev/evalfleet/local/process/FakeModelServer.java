package dev.evalfleet.local.process;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// An OpenAI-compatible server for chats only, which answers every one with the same text.
final class FakeModelServer implements AutoCloseable {

    private final HttpServer server;

    private FakeModelServer(HttpServer server) {
        this.server = server;
    }

    static FakeModelServer serving(String model) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(
                server,
                "/v1/models",
                "{\"object\": \"list\", \"data\": [{\"id\": \"%s\", \"object\": \"model\"}]}".formatted(model));
        answer(
                server,
                "/v1/chat/completions",
                """
                {"id": "1", "object": "chat.completion", "model": "%s",
                 "choices": [{"index": 0, "message": {"role": "assistant", "content": "46"}, "finish_reason": "stop"}],
                 "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}
                """
                        .formatted(model));
        server.start();
        return new FakeModelServer(server);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private static void answer(HttpServer server, String path, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
