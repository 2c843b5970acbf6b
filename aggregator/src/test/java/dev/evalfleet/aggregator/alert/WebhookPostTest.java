package dev.evalfleet.aggregator.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.evalfleet.aggregator.alert.AlertSettings.Webhook;
import dev.evalfleet.runtime.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WebhookPostTest {
    private record Received(String body, @Nullable String signature, @Nullable String key) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final WebhookPost post = new WebhookPost(Duration.ofMillis(1), 4);
    private @Nullable HttpServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.stop(0);
        }
    }

    private URI answering(int... statuses) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        started.createContext("/", exchange -> {
            received.add(new Received(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    exchange.getRequestHeaders().getFirst(WebhookPost.SIGNATURE),
                    exchange.getRequestHeaders().getFirst(WebhookPost.IDEMPOTENCY_KEY)));
            exchange.sendResponseHeaders(statuses[Math.min(received.size(), statuses.length) - 1], -1);
            exchange.close();
        });
        started.start();
        server = started;
        return URI.create("http://localhost:" + started.getAddress().getPort() + "/hook");
    }

    @Test
    void anAlertIsPostedSignedAndWithItsId() throws Exception {
        Webhook webhook = new Webhook(answering(204), new Secret("key"));

        assertThat(post.deliver(webhook, "id-1", "The quick brown fox jumps over the lazy dog"))
                .isTrue();

        // The signature is the example of RFC-style test data: HMAC_SHA256("key", that sentence).
        assertThat(received)
                .containsExactly(new Received(
                        "The quick brown fox jumps over the lazy dog",
                        "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
                        "id-1"));
    }

    @Test
    void aServerThatIsNotWellIsAskedAgain() throws Exception {
        Webhook webhook = new Webhook(answering(503, 429, 200), null);

        assertThat(post.deliver(webhook, "id-1", "{}")).isTrue();

        assertThat(received).hasSize(3).allMatch(one -> "id-1".equals(one.key()) && one.signature() == null);
    }

    @Test
    @Timeout(60)
    void nobodyWaitsForAServerThatFallsSilentInItsAnswer() throws Exception {
        HttpServer silent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        silent.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().flush();
        });
        silent.start();
        server = silent;
        URI url = URI.create("http://localhost:" + silent.getAddress().getPort());

        assertThat(post.deliver(new Webhook(url, null), "id-1", "{}")).isTrue();
    }

    @Test
    void aRefusalIsFinal() throws Exception {
        assertThat(post.deliver(new Webhook(answering(404), null), "id-1", "{}"))
                .isFalse();

        assertThat(received).hasSize(1);
    }

    @Test
    void itIsGivenUpAfterSoManyAttempts() throws Exception {
        assertThat(post.deliver(new Webhook(answering(500), null), "id-1", "{}"))
                .isFalse();

        assertThat(received).hasSize(4);
    }
}
