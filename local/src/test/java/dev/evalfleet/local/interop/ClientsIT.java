package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.local.interop.SharedRegistries.Kind;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Other people's clients against the fleet: Confluent's for Python publishes and follows, one for Node.js looks on as
/// a dashboard would.
@ParameterizedClass(name = "{0}")
@EnumSource
@ExtendWith({SharedBroker.Extension.class, SharedRegistries.Extension.class})
class ClientsIT {
    private static final Pattern ENDED = Pattern.compile("(?m)^(python-\\d+) COMPLETED$");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final SharedBroker broker;
    private final String registry;
    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + ".";

    ClientsIT(Kind kind, SharedBroker broker, SharedRegistries registries) {
        this.broker = broker;
        this.registry = registries.url(kind);
    }

    @Test
    void confluentsPythonClientPublishesFollowsAndReadsAndADashboardLooksOn() throws Exception {
        ClientScript quickstart = ClientScript.python("quickstart.py");
        try (ServiceFleet fleet = ServiceFleet.start(
                        ServiceFleet.connection(broker.bootstrapServers(), registry, prefix), folder);
                FleetClient client = fleet.client()) {
            String said = quickstart.run(environment(), folder);

            Matcher ended = ENDED.matcher(said);
            assertThat(ended.find()).as(said).isTrue();
            String requestId = ended.group(1);
            assertThat(said)
                    .containsPattern(
                            "(?m)^tinygpt-v1 exact_match 0\\.9\\d{3} in \\[0\\.\\d{4}, [01]\\.\\d{4}] after 200 of 200$")
                    .contains("400 results, 400 scored")
                    .containsPattern("(?m)^REGRESSION: .*skills_subtract.*tinygpt-v2");
            assertReadBitByBit(client.fleet(), requestId);
            assertWrittenAlike();
            assertDashboard(requestId, said);
        }
    }

    // What it wrote is what we would have written.
    private static void assertReadBitByBit(Fleet fleet, String requestId) {
        List<ConsumerRecord<String, byte[]>> requests =
                records(fleet, fleet.topics().requests().name());
        assertThat(requests).hasSize(1);
        byte[] bytes = requests.getFirst().value();
        EvalRequest request = fleet.decode(fleet.topics().requests(), bytes);

        assertThat(requests.getFirst().key()).isEqualTo(requestId);
        assertThat(request.getRequestId()).isEqualTo(requestId);
        assertThat(request.getModels()).containsExactly("tinygpt-v1", "tinygpt-v2");
        assertThat(request.getBaseline().getKind()).isEqualTo(BaselineKind.MODEL);
        assertThat(request.getLimit()).isEqualTo(200.0);
        assertThat(request.getFewshotSeed()).as("left out, so the default").isEqualTo(1234);
        assertThat(fleet.encode(fleet.topics().requests(), request)).isEqualTo(bytes);
    }

    // What we wrote is what it would have written.
    private void assertWrittenAlike() throws Exception {
        List<String> topics =
                List.of("requests", "plans", "samples.tinygpt-v1", "results", "runs", "metrics", "alerts", "dispatch");
        String said = ClientScript.python("roundtrip.py").run(environment(), folder, topics.toArray(String[]::new));

        JsonNode report = JSON.readTree(said);
        for (String topic : topics) {
            assertThat(report.at("/" + topic + "/records").asInt()).as(said).isPositive();
            assertThat(report.at("/" + topic + "/different").asInt()).as(said).isZero();
        }
    }

    private void assertDashboard(String requestId, String pythonSaid) throws Exception {
        JsonNode runs = JSON.readTree(ClientScript.node("dashboard.mjs").run(environment(), folder, requestId));

        assertThat(runs).hasSize(2);
        for (JsonNode run : runs) {
            assertThat(run.get("status").asText()).isEqualTo("COMPLETED");
            assertThat(run.get("results").asInt()).isEqualTo(200);
            JsonNode metric = run.get("metrics").get(0);
            assertThat(metric.get("n").asInt()).isEqualTo(200);
            double value = metric.get("value").asDouble();
            assertThat(value).isCloseTo(run.get("meanOfResults").asDouble(), within(1e-12));
            String model =
                    run.get("run").asText().substring(run.get("run").asText().lastIndexOf('/') + 1);
            assertThat(pythonSaid).contains("%s exact_match %.4f in".formatted(model, value));
        }
    }

    private Map<String, String> environment() {
        return Map.of(
                "EVALFLEET_BOOTSTRAP", broker.bootstrapServers(),
                "EVALFLEET_REGISTRY", registry,
                "EVALFLEET_PREFIX", prefix);
    }

    private static List<ConsumerRecord<String, byte[]>> records(Fleet fleet, String topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (Consumer<String, byte[]> consumer = fleet.kafka().reader(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(java.time.Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
