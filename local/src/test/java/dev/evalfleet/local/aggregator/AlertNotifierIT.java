package dev.evalfleet.local.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.evalfleet.aggregator.alert.AlertNotifier;
import dev.evalfleet.aggregator.alert.AlertSettings.Webhook;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Alerts from the topic to a webhook, through the restart of whoever tells them.
@ExtendWith(SharedBroker.Extension.class)
class AlertNotifierIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "only-the-receiver-knows";

    private record Received(String id, String signature, String body) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    /// Is not well when it is asked for the first time.
    private void receive(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                exchange.getRequestHeaders().getFirst("X-Evalfleet-Signature"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        exchange.sendResponseHeaders(received.size() == 1 ? 503 : 204, -1);
        exchange.close();
    }

    @Test
    void everyAlertIsToldOnceSignedAndThroughARestart(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            fleet.ensure(fleet.topics().all());
            raise(fleet, producer, alert("first", Instant.now()), alert("second", Instant.now()));
            AlertNotifier before = started(fleet);
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(received).extracting(Received::id).containsExactly("first", "first", "second"));
            before.close();

            // An aggregator that lost its state comes to the same statements again, under the same ids.
            raise(
                    fleet,
                    producer,
                    alert("first", Instant.now()),
                    alert("second", Instant.now()),
                    alert("last-week", Instant.now().minus(Duration.ofDays(7))),
                    alert("third", Instant.now()));
            AlertNotifier after = started(fleet);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(received)
                    .extracting(Received::id)
                    .containsExactly("first", "first", "second", "third"));
            after.close();
        }
        assertThat(received).allSatisfy(one -> assertThat(one.signature).isEqualTo(signature(one.body)));
        JsonNode body = new ObjectMapper().readTree(received.getFirst().body);
        assertThat(body.get("alertId").asText()).isEqualTo("first");
        assertThat(body.get("kind").asText()).isEqualTo("REGRESSION");
        assertThat(body.get("message").asText()).isEqualTo("it is worse");
        assertThat(body.get("eValue").isNull()).as("JSON has no infinity").isTrue();
    }

    private AlertNotifier started(Fleet fleet) {
        URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
        AlertNotifier notifier = new AlertNotifier(fleet, List.of(new Webhook(url, new Secret(SECRET))));
        notifier.start();
        return notifier;
    }

    private static void raise(Fleet fleet, Producer<String, byte[]> producer, Alert... alerts) {
        for (Alert alert : alerts) {
            var _ = producer.send(fleet.record(fleet.topics().alerts(), alert.getRunId(), alert));
        }
        producer.flush();
    }

    private static Alert alert(String id, Instant at) {
        return Alert.newBuilder()
                .setAlertId(id)
                .setKind(AlertKind.REGRESSION)
                .setRunId("r1/add/tiny")
                .setRequestId("r1")
                .setMessage("it is worse")
                .setEValue(Double.POSITIVE_INFINITY)
                .setRaisedAt(at)
                .build();
    }

    private static String signature(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }
}
