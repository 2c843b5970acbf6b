package dev.evalfleet.local.dashboard;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One page in Chromium, looked at through its remote debugging port.
final class HeadlessBrowser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final WebSocket page;

    private HeadlessBrowser(Process process, Path profile) throws Exception {
        this.process = process;
        Path port = profile.resolve("DevToolsActivePort");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(port) && !Files.readString(port).isBlank());
        String pages = "http://127.0.0.1:" + Files.readAllLines(port).getFirst() + "/json/list";
        String address = JSON.readTree(
                        http.send(HttpRequest.newBuilder(URI.create(pages)).build(), BodyHandlers.ofString())
                                .body())
                .at("/0/webSocketDebuggerUrl")
                .asText();
        page = http.newWebSocketBuilder()
                .buildAsync(URI.create(address), new Listener())
                .join();
    }

    static HeadlessBrowser open(Path browser, Path profile, String url) throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--remote-debugging-address=127.0.0.1",
                        "--user-data-dir=" + profile,
                        url)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("TMPDIR", profile.toAbsolutePath().getParent().toString()); // its socket, too
        Process process = command.start();
        try {
            return new HeadlessBrowser(process, profile);
        } catch (Exception | Error e) {
            end(process);
            throw e;
        }
    }

    /// The page as it stands now.
    String html() throws IOException, InterruptedException {
        page.sendText(
                        "{\"id\": 1, \"method\": \"Runtime.evaluate\", \"params\": {\"expression\": \"document.documentElement.outerHTML\"}}",
                        true)
                .join();
        String answer = answers.poll(30, TimeUnit.SECONDS);
        JsonNode html = JSON.readTree(String.valueOf(answer)).at("/result/result/value");
        return html.asText();
    }

    @Override
    public void close() {
        page.abort();
        http.shutdownNow();
        end(process);
    }

    // It tidies up when it is asked to end; its helpers end with it, or are ended.
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                answers.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return java.util.concurrent.CompletableFuture.completedFuture(null);
        }
    }
}
