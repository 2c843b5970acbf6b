package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.embedded.Gate;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.local.interop.SharedRegistries.Kind;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.wire.WireFormat;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A fleet whose registry goes away: what it knows goes on, what it does not know waits, nothing is lost.
@ParameterizedClass(name = "{0}")
@EnumSource
@ExtendWith({SharedBroker.Extension.class, SharedRegistries.Extension.class})
class RegistryOutageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DOWN = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    private final SharedBroker broker;
    private final String registryUrl;
    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + ".";

    RegistryOutageIT(Kind kind, SharedBroker broker, SharedRegistries registries) {
        this.broker = broker;
        this.registryUrl = registries.url(kind);
    }

    @Test
    void knownSchemasGoOnAndUnknownOnesWaitUntilTheRegistryIsBack() throws Exception {
        try (Gate gate = new Gate(registryUrl);
                ServiceFleet fleet = ServiceFleet.start(
                        ServiceFleet.connection(
                                broker.bootstrapServers(), gate.uri().toString(), prefix),
                        folder);
                FleetClient client = fleet.client();
                Following following = client.follow(id -> true)) {
            client.submit(request("before"));
            awaitCompleted(following, "before");
            ProducerRecord<String, byte[]> ofALaterRelease = writtenByALaterRelease(client.fleet(), request("later"));

            gate.failuresLeft.set(DOWN);
            client.submit(request("meanwhile"));
            awaitCompleted(following, "meanwhile");
            int calls = gate.calls.get();
            send(client.fleet(), ofALaterRelease);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(gate.calls.get())
                    .as("asked again and again")
                    .isGreaterThan(calls + 8));
            assertThat(following.picture().state("later")).isEmpty();

            gate.failuresLeft.set(0);
            awaitCompleted(following, "later");
        }
    }

    @Test
    void aProcessThatFindsNoRegistryAtItsStartEndsSayingSo() throws Exception {
        Path config = Files.writeString(
                folder.resolve("aggregator.yaml"),
                """
                kafka: {bootstrap-servers: "%s"}
                registry: {urls: ["http://127.0.0.1:1/registry"]}
                """
                        .formatted(broker.bootstrapServers()));

        CommandRun run = CommandRun.of("aggregator", "--config", config.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err())
                .contains("The schema registry does not answer: http://127.0.0.1:1/registry: no connection."
                        + " Check registry.urls and that it runs")
                .doesNotContain("\tat ");
    }

    // A field more than this release knows, so a schema that no process of it has seen.
    private ProducerRecord<String, byte[]> writtenByALaterRelease(Fleet fleet, EvalRequest request) {
        Topic<EvalRequest> topic = fleet.topics().requests();
        byte[] bytes = fleet.encode(topic, request);
        try (HttpSchemaRegistry registry = new HttpSchemaRegistry(RegistryAccess.of(URI.create(registryUrl)))) {
            Schema current = registry.byId(WireFormat.schemaId(bytes));
            List<Schema.Field> fields = new java.util.ArrayList<>(current.getFields().stream()
                    .map(field -> new Schema.Field(field, field.schema()))
                    .toList());
            fields.add(new Schema.Field("addedLater", Schema.create(Schema.Type.STRING), "", "nothing"));
            Schema later = Schema.createRecord(current.getName(), "", current.getNamespace(), false, fields);
            int id = registry.register(topic.subject(), later);
            byte[] payload = Arrays.copyOfRange(bytes, WireFormat.HEADER, bytes.length + 1);
            payload[payload.length - 1] = 0; // the text of the new field, empty
            return new ProducerRecord<>(topic.name(), request.getRequestId(), WireFormat.frame(id, payload));
        }
    }

    private static EvalRequest request(String id) {
        return EvalRequest.newBuilder()
                .setRequestId(id)
                .setTasks(List.of("skills_add"))
                .setModels(List.of("tinygpt-v1"))
                .setLimit(20.0)
                .build();
    }

    private static void send(Fleet fleet, ProducerRecord<String, byte[]> record) throws Exception {
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(record).get();
        }
    }

    private static void awaitCompleted(Following following, String requestId) throws InterruptedException {
        assertThat(following.picture().await(() -> following.picture().isFinished(requestId), PATIENCE))
                .as("%s has ended: %s", requestId, following.picture().runs())
                .isTrue();
        assertThat(following.picture().state(requestId))
                .get()
                .extracting(RunState::getStatus)
                .isEqualTo(RunStatus.COMPLETED);
    }
}
