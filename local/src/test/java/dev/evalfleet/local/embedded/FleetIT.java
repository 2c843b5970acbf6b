package dev.evalfleet.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.schemas.wire.UndecodableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedBroker.Extension.class)
class FleetIT {
    @TempDir
    Path dataDir;

    @Test
    void aProcessConnectsWithItsSettings(SharedBroker broker) {
        try (Fleet fleet = Fleet.connect(Settings.of(broker.settings("connected.")))) {
            Topic<RunControl> control = fleet.topics().control();

            assertThat(control.name()).isEqualTo("connected.control");
            assertThat(fleet.topics().samples("p").partitions()).isEqualTo(4);
            assertThat(fleet.decode(control, fleet.encode(control, cancel("r1"))))
                    .isEqualTo(cancel("r1"));
            assertThat(((PrometheusMeterRegistry) fleet.meters()).scrape()).contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void aRegistryThatDoesNotAnswerIsNamedWithWhatToDo(SharedBroker broker) {
        String nobody = "http://127.0.0.1:" + FreePorts.several(1).getFirst();
        Settings settings = Settings.of(Map.of(
                "kafka", Map.of("bootstrap-servers", broker.bootstrapServers()),
                "registry", Map.of("urls", nobody, "rounds", 1)));

        assertThatThrownBy(() -> Fleet.connect(settings))
                .isInstanceOf(UnreachableException.class)
                .hasMessageStartingWith("The schema registry does not answer: " + nobody)
                .hasMessageEndingWith("Check registry.urls and that it runs");
    }

    @Test
    void whatCannotBeDecodedSaysWhereItIs(SharedBroker broker) {
        try (Fleet fleet = broker.fleet()) {
            ConsumerRecord<String, byte[]> bad = new ConsumerRecord<>("control", 0, 1182, "key", new byte[] {1});

            assertThatThrownBy(() -> fleet.decode(fleet.topics().control(), bad))
                    .isInstanceOf(UndecodableException.class)
                    .hasMessageStartingWith("control-0@1182: value has 1 bytes");
        }
    }

    @Test
    void aFollowerGoesOnWhenTheBrokerComesBack() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(dataDir);
        KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
        int port = URI.create("kafka://" + broker.bootstrapServers()).getPort();
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        try (Fleet fleet =
                new Fleet(kafka, new InMemorySchemaRegistry(), Topics.standard(), new SimpleMeterRegistry())) {
            Topic<RunControl> control = fleet.topics().control();
            fleet.ensure(List.of(control));
            try (TopicFollower follower =
                    new TopicFollower(fleet, "follower").on(control, received -> keys.add(received.key()))) {
                follower.start();
                send(fleet, control, "before");
                await().untilAsserted(() -> assertThat(keys).containsExactly("before"));

                broker.close();
                broker = EmbeddedBroker.start(dataDir, port);
                send(fleet, control, "after");

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(keys).containsExactly("before", "after"));
            }
        } finally {
            broker.close();
        }
    }

    private static void send(Fleet fleet, Topic<RunControl> control, String id) throws Exception {
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(fleet.record(control, id, cancel(id))).get(60, TimeUnit.SECONDS);
        }
    }

    private static RunControl cancel(String id) {
        return RunControl.newBuilder()
                .setId(id)
                .setAction(ControlAction.CANCEL)
                .setAt(Instant.EPOCH)
                .build();
    }
}
