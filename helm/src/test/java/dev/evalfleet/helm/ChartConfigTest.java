package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.aggregator.AggregatorSettings;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.producer.ProducerSettings;
import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.TokenPrices;
import dev.evalfleet.producer.dispatch.TokenPrices.Price;
import dev.evalfleet.runtime.Settings;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The settings that the chart renders are those that the processes read.
class ChartConfigTest {
    private static final List<String> SECRETS = List.of(
            "etc/kafka-user/password",
            "etc/kafka-user/user.key",
            "etc/kafka-user/user.crt",
            "etc/kafka-ca/ca.crt",
            "etc/registry/password",
            "etc/registry/token",
            "etc/dashboard/token",
            "etc/endpoint/token",
            "etc/hub/token",
            "etc/webhooks/0/hmac");

    @TempDir
    private Path root;

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @BeforeEach
    void makeWhatIsMounted() throws IOException {
        for (String secret : SECRETS) {
            Files.createDirectories(root.resolve(secret).getParent());
            Files.writeString(root.resolve(secret), "secret");
        }
        Files.createDirectories(root.resolve("etc/tasks/my-tasks"));
        Files.createDirectories(root.resolve("tasks"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyProcessReadsItsSettings(Path values) {
        List<JsonNode> manifests = Chart.manifests(values);
        for (JsonNode map : Chart.all(manifests, "ConfigMap")) {
            JsonNode yaml = map.at("/data/evalfleet.yaml");
            if (!yaml.isMissingNode()) {
                String role =
                        map.at("/metadata/labels/app.kubernetes.io~1component").asText();
                Settings settings = settings(yaml.asText());
                switch (role) {
                    case "producer" -> ProducerSettings.from(settings);
                    case "worker" -> WorkerSettings.from(settings);
                    case "aggregator" -> AggregatorSettings.from(settings);
                    case "dashboard" -> DashboardSettings.from(settings);
                    case "submit" -> KafkaConfig.from(settings);
                    case "topics" -> PoolCatalogue.from(settings.section("producer"), 64);
                    default -> throw new AssertionError("settings of " + role);
                }
                assertThat(KafkaConfig.from(settings).properties()).containsKey("client.id");
            }
        }
    }

    @Test
    void theProducersCatalogueIsThatOfTheAutoscaler() {
        List<JsonNode> manifests = Chart.manifests(Chart.VALUES.resolve("everything.yaml"));
        JsonNode map = Chart.one(manifests, "ConfigMap", "ef-evalfleet-producer");
        ProducerSettings producer =
                ProducerSettings.from(settings(map.at("/data/evalfleet.yaml").asText()));
        assertThat(producer.pools().pools()).extracting(Pool::name).containsExactly("qwen", "sglang", "hosted");
        for (Pool pool : producer.pools().pools()) {
            JsonNode scaled = Chart.one(manifests, "ScaledObject", "ef-evalfleet-worker-" + pool.name());
            JsonNode trigger = scaled.at("/spec/triggers/0/metadata");
            assertThat(trigger.path("lagThreshold").asText()).isEqualTo(String.valueOf(pool.lagThreshold()));
            assertThat(scaled.at("/spec/maxReplicaCount").asInt()).isEqualTo(pool.maxReplicas());
            assertThat(trigger.path("topic").asText()).isEqualTo("evalfleet.samples." + pool.name());
            assertThat(trigger.path("consumerGroup").asText()).isEqualTo("evalfleet.workers." + pool.name());
        }
    }

    @Test
    void aModelMayHaveItsOwnPrice() {
        List<JsonNode> manifests = Chart.manifests(Chart.VALUES.resolve("shared-endpoint.yaml"));
        JsonNode map = Chart.one(manifests, "ConfigMap", "ef-evalfleet-producer");
        ProducerSettings producer =
                ProducerSettings.from(settings(map.at("/data/evalfleet.yaml").asText()));
        TokenPrices prices = producer.pools().pools().getFirst().prices();

        assertThat(prices.of("big")).isEqualTo(new Price(0.6, 0.9));
        assertThat(prices.of("small")).isEqualTo(new Price(0.1, 0.3));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void whatOnlyAServerWouldRefuseHolds(Path values) {
        List<JsonNode> manifests = Chart.manifests(values);
        for (JsonNode scaled : Chart.all(manifests, "ScaledObject")) {
            int least = scaled.at("/spec/minReplicaCount").asInt();
            assertThat(least)
                    .isLessThanOrEqualTo(scaled.at("/spec/maxReplicaCount").asInt());
            JsonNode deployment = Chart.one(
                    manifests,
                    "Deployment",
                    scaled.at("/spec/scaleTargetRef/name").asText());
            assertThat(deployment.at("/spec/replicas").isMissingNode())
                    .as("the autoscaler's replicas are not the chart's")
                    .isTrue();
            WorkerSettings worker = WorkerSettings.from(settings(
                    Chart.one(manifests, "ConfigMap", Chart.label(scaled).split("/", 2)[1])
                            .at("/data/evalfleet.yaml")
                            .asText()));
            assertThat(deployment
                            .at("/spec/template/spec/terminationGracePeriodSeconds")
                            .asLong())
                    .isGreaterThan(worker.drainTimeout().toSeconds());
        }
    }

    private Settings settings(String yaml) {
        String here = yaml.replace("/etc/evalfleet/", root + "/etc/")
                .replace("/opt/evalfleet/tasks", root + "/tasks")
                .replace("\"/tasks\"", "\"" + root + "/tasks\"");
        Path file = root.resolve("evalfleet.yaml");
        try {
            Files.writeString(file, here);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        boolean userOfASecret = yaml.contains("/kafka-user/password") && !yaml.contains("    user: ");
        return Settings.load(file, userOfASecret ? Map.of("EVALFLEET_KAFKA_SECURITY_USER", "user") : Map.of());
    }
}
