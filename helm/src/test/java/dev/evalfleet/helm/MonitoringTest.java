package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.local.fleet.LocalFleet;
import dev.evalfleet.local.fleet.LocalFleetSettings;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.local.fleet.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every query of the Grafana dashboard and of the alert rules asks for metrics that a running fleet exposes.
class MonitoringTest {
    private static final Pattern METRIC = Pattern.compile("\\b(?:evalfleet|llm)_[a-z_]+");

    @TempDir
    private Path folder;

    @Test
    void everyQueryUsesAMetricThatARunningFleetExposes() throws Exception {
        Set<String> asked = asked();
        assertThat(asked).hasSizeGreaterThan(12);
        Place place =
                new Place(folder, List.of(Chart.FOLDER.resolve("../../tasks").normalize()), new Ports(0, 0, 0));
        LocalFleetSettings settings =
                LocalFleetSettings.of(place, List.of(ModelSpec.parse("m=scripted")), 1, Feed.of(4));
        try (LocalFleet fleet = LocalFleet.start(settings)) {
            poison(fleet);
            submit(fleet);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(exposed(fleet)).containsAll(asked));
        }
    }

    private static Set<String> asked() throws IOException {
        Set<String> asked = new TreeSet<>();
        JsonNode dashboard = new ObjectMapper()
                .readTree(Chart.FOLDER.resolve("dashboards/evalfleet.json").toFile());
        dashboard.findValuesAsText("expr").forEach(query -> addMetrics(query, asked));
        List<JsonNode> manifests = Chart.manifests(Chart.VALUES.resolve("monitored.yaml"));
        Chart.one(manifests, "PrometheusRule", "ef-evalfleet")
                .findValuesAsText("expr")
                .forEach(query -> addMetrics(query, asked));
        return asked;
    }

    private static void addMetrics(String query, Set<String> asked) {
        Matcher matcher = METRIC.matcher(query);
        while (matcher.find()) {
            asked.add(matcher.group());
        }
    }

    // Something that cannot be read, so that dead letters are counted.
    private static void poison(LocalFleet fleet) throws Exception {
        try (Producer<String, byte[]> producer = fleet.fleet().kafka().producer(Map.of())) {
            byte[] garbage = "not a result".getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(fleet.fleet().topics().results().name(), "key", garbage))
                    .get();
        }
    }

    private static void submit(LocalFleet fleet) {
        StringWriter said = new StringWriter();
        int exitCode = EvalfleetCommand.commandLine(new PrintWriter(said), new PrintWriter(said))
                .execute(
                        "submit",
                        "--bootstrap",
                        fleet.file().bootstrap(),
                        "--registry",
                        fleet.file().registry(),
                        "--tasks",
                        "skills_add",
                        "--models",
                        "m",
                        "--limit",
                        "20",
                        "--wait");
        assertThat(exitCode).as(said.toString()).isZero();
    }

    private static Set<String> exposed(LocalFleet fleet) throws IOException, InterruptedException {
        URI metrics = fleet.management().resolve("/metrics");
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Set<String> names = new TreeSet<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        return names;
    }
}
