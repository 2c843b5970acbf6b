package dev.evalfleet.loadtest.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// One connection of a worker: HTTP/1.1, one call after the other.
final class ModelConnection {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SLOW_TOKEN = Duration.ofMillis(400);
    private static final Duration FOREVER = Duration.ofHours(1);

    private final ModelServer server;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    ModelConnection(ModelServer server, Socket socket) throws IOException {
        this.server = server;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
    }

    /// @return whether the connection is kept
    boolean serveOne() throws IOException, InterruptedException {
        String request = line();
        if (request.isEmpty()) {
            return false;
        }
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        byte[] body = in.readNBytes(length);
        return request.startsWith("GET ") ? list() : complete(JSON.readTree(body));
    }

    private boolean list() throws IOException, InterruptedException {
        switch (server.trouble()) {
            case UNAUTHORISED -> unauthorised();
            case SERVER_ERROR -> error(500, "", "the engine is not well");
            case HANG -> Thread.sleep(FOREVER);
            default -> {
                ObjectNode list = JSON.createObjectNode().put("object", "list");
                var data = list.putArray("data");
                server.models()
                        .forEach(model -> data.addObject().put("id", model).put("object", "model"));
                reply(200, "", JSON.writeValueAsBytes(list));
            }
        }
        return true;
    }

    private boolean complete(JsonNode asked) throws IOException, InterruptedException {
        Mood.Trouble trouble = server.trouble();
        switch (trouble) {
            case HANG -> Thread.sleep(FOREVER);
            case MALFORMED_JSON -> reply(200, "", "{\"choices\": [{\"text\": \"re".getBytes(StandardCharsets.UTF_8));
            case SERVER_ERROR -> error(500, "", "the engine is not well");
            case UNAUTHORISED -> unauthorised();
            case THROTTLED_WITH_RETRY_AFTER -> error(429, "Retry-After: 1\r\n", "too many requests");
            case THROTTLED -> error(429, "", "too many requests");
            case RESET -> {
                socket.setSoLinger(true, 0);
                return false;
            }
            case NONE, SLOW_STREAM, TRUNCATED_STREAM -> {
                return answer(asked, trouble);
            }
        }
        return true;
    }

    private boolean answer(JsonNode asked, Mood.Trouble trouble) throws IOException, InterruptedException {
        String model = asked.path("model").asText();
        String prompt = asked.path("prompt").asText();
        String[] words = Answers.of(model, prompt).split("(?<= )");
        Thread.sleep(server.latency());
        if (!asked.path("stream").asBoolean()) {
            reply(200, "", JSON.writeValueAsBytes(chunk(String.join("", words), "stop", prompt)));
            return true; // only probes ask without a stream
        }
        head(200, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n");
        for (int word = 0; word < words.length; word++) {
            if (trouble == Mood.Trouble.TRUNCATED_STREAM && word == words.length / 2) {
                out.flush();
                return false;
            }
            boolean last = word == words.length - 1;
            event(JSON.writeValueAsString(chunk(words[word], last ? "stop" : null, prompt)));
            if (trouble == Mood.Trouble.SLOW_STREAM) {
                out.flush();
                Thread.sleep(SLOW_TOKEN);
            }
        }
        event("[DONE]");
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        if (!prompt.isEmpty()) {
            server.answered(model, prompt);
        }
        return true;
    }

    private static ObjectNode chunk(String text, @org.jspecify.annotations.Nullable String finish, String prompt) {
        ObjectNode chunk = JSON.createObjectNode().put("id", "1").put("object", "text_completion");
        chunk.putArray("choices").addObject().put("index", 0).put("text", text).put("finish_reason", finish);
        if (finish != null) {
            chunk.putObject("usage")
                    .put("prompt_tokens", prompt.length() / 4 + 1)
                    .put("completion_tokens", 4);
        }
        return chunk;
    }

    private void event(String data) throws IOException {
        byte[] bytes = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private void unauthorised() throws IOException {
        error(401, "", "the key is not known");
    }

    private void error(int status, String headers, String message) throws IOException {
        ObjectNode error = JSON.createObjectNode();
        error.putObject("error").put("message", message);
        reply(status, headers, JSON.writeValueAsBytes(error));
    }

    private void reply(int status, String headers, byte[] body) throws IOException {
        head(status, headers + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n");
        out.write(body);
        out.flush();
    }

    private void head(int status, String headers) throws IOException {
        out.write(("HTTP/1.1 " + status + " -\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }
}
