package dev.evalfleet.local.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.EmbeddedBroker;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.InMemorySchemaRegistry;
import dev.evalfleet.worker.WorkerService;
import dev.evalfleet.worker.WorkerSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker without the consumer group protocol of KIP-848, as all were before Kafka 4.0.
@Timeout(180)
class ClassicBrokerIT {

    @TempDir
    private Path folder;

    @Test
    void workersFallBackToTheClassicProtocol() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.start(folder, 0, Map.of("group.coordinator.rebalance.protocols", "classic"));
                Fleet fleet = new Fleet(
                        KafkaConfig.of(broker.bootstrapServers()),
                        new InMemorySchemaRegistry(),
                        new Topics("old.", 4),
                        new SimpleMeterRegistry());
                WorkerService worker = new WorkerService(
                        fleet,
                        WorkerSettings.from(Settings.of(Map.of(
                                "worker",
                                Map.of(
                                        "pool",
                                        "p",
                                        "models",
                                        List.of(Map.of("name", "m", "backend", "scripted")))))))) {
            fleet.ensure(List.of(fleet.topics().samples("p")));
            worker.start();

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            partitions(fleet, fleet.topics().workers("p")))
                    .isEqualTo(4));
            await().atMost(Duration.ofSeconds(60)).until(worker::ready);
        }
    }

    private static int partitions(Fleet fleet, String group) throws Exception {
        try (Admin admin = fleet.kafka().admin()) {
            ConsumerGroupDescription described = admin.describeConsumerGroups(List.of(group))
                    .all()
                    .get(10, TimeUnit.SECONDS)
                    .get(group);
            return described == null
                    ? 0
                    : described.members().stream()
                            .mapToInt(member ->
                                    member.assignment().topicPartitions().size())
                            .sum();
        } catch (java.util.concurrent.ExecutionException e) {
            return 0;
        }
    }
}
