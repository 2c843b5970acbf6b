package dev.evalfleet.local.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.Topic;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureCount;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.FilteredOutput;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What models and datasets say is shown, and does nothing.
@ExtendWith(SharedBroker.Extension.class)
class HostileTextIT {
    /// What each of them would do in a page that took it for markup.
    private static final String BOMB = "<script>document.title='owned'</script>"
            + "<img src=x onerror=\"document.title='owned'\"></pre><svg onload=document.title='owned'>";

    private static final String RUN = Ids.runId("r1", "t" + BOMB, "m", null);

    @TempDir
    private Path folder;

    @Test
    void markupInAnswersPromptsAndNamesStaysTextInARealBrowser(SharedBroker broker) throws Exception {
        Path browser = browser().orElse(null);
        Assumptions.assumeTrue(browser != null, "skipped: there is no chromium on the PATH");
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet)) {
            publish(fleet, fleet.topics().results(), Ids.resultKey("data", "d"), result());
            publish(fleet, fleet.topics().runs(), RUN, state());
            String url = dashboard.url() + "/#/run/"
                    + URLEncoder.encode(RUN, StandardCharsets.UTF_8).replace("+", "%20");

            try (HeadlessBrowser page = HeadlessBrowser.open(browser, folder.resolve("profile"), url)) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(page.html())
                        .contains("prompt &lt;script&gt;", "answer &lt;script&gt;document.title='owned'")
                        .contains("code&lt;script&gt;", "slice=&lt;script&gt;", "t&lt;script&gt;")
                        .contains("cause &lt;script&gt;"));
                assertThat(page.html()).doesNotContain("<title>owned</title>", "<img", "<svg", "<script>document");
            }
        }
    }

    @Test
    void nothingCanBeWrittenAndNoStrangeNameLeadsIn(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet);
                HttpClient http = HttpClient.newHttpClient()) {
            for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
                for (String path : List.of("/", "/api/runs", "/api/run?id=x", "/api/samples?id=x", "/api/events")) {
                    var request = HttpRequest.newBuilder(URI.create(dashboard.url() + path))
                            .method(method, BodyPublishers.ofString("{}"));
                    assertThat(http.send(request.build(), BodyHandlers.discarding())
                                    .statusCode())
                            .as(method + " " + path)
                            .isIn(404, 405);
                }
            }
            assertThat(named(dashboard, "localhost")).startsWith("HTTP/1.1 200");
            assertThat(named(dashboard, "evil.example"))
                    .startsWith("HTTP/1.1 403")
                    .contains("open it by localhost", "X-Frame-Options: DENY", "Content-Security-Policy: default-src")
                    .doesNotContainIgnoringCase("access-control-allow-origin");
        }
    }

    // As a browser asks that was told that the name leads to this machine.
    private static String named(DashboardService dashboard, String host) throws IOException {
        URI url = URI.create(dashboard.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            String request =
                    "GET /api/runs HTTP/1.1\r\nHost: " + host + ":" + url.getPort() + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Optional<Path> browser() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static DashboardService started(Fleet fleet) {
        var dashboard = new DashboardService(fleet, DashboardSettings.local(0));
        dashboard.start();
        await().untilAsserted(() -> assertThat(dashboard.ready()).isTrue());
        return dashboard;
    }

    private static <V> void publish(Fleet fleet, Topic<V> topic, String key, V value) throws Exception {
        try (Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(fleet.record(topic, key, value)).get(30, TimeUnit.SECONDS);
        }
    }

    private static SampleResult result() {
        return SampleResult.newBuilder()
                .setRunId(RUN)
                .setRequestId("r1")
                .setTask("t" + BOMB)
                .setModel("m")
                .setDocumentId("d" + BOMB)
                .setDocIndex(0)
                .setPosition(0)
                .setPairGroup("r1/t")
                .setDatasetFingerprint("data")
                .setSlices(List.of("slice=" + BOMB))
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.FAILED)
                .setFailure(new Failure(FailureKind.MODEL, "said " + BOMB, "code" + BOMB))
                .setPrompt("prompt " + BOMB)
                .setTargets(List.of(BOMB))
                .setOutputs(
                        List.of(Output.newBuilder().setText("answer " + BOMB).build()))
                .setFiltered(List.of(new FilteredOutput("f" + BOMB, List.of(BOMB))))
                .setScores(List.of(new Score("exact" + BOMB, "none", 0.0, List.of())))
                .setWorker("w" + BOMB)
                .setCompletedAt(Instant.now())
                .build();
    }

    private static RunState state() {
        Instant now = Instant.now();
        return RunState.newBuilder()
                .setId(RUN)
                .setKind(StateKind.RUN)
                .setRequestId("r1")
                .setTask("t" + BOMB)
                .setModel("m" + BOMB)
                .setStatus(RunStatus.COMPLETED)
                .setExpected(1)
                .setScored(1)
                .setFailures(List.of(new FailureCount(FailureKind.MODEL, "said", 1L, "cause " + BOMB)))
                .setUsage(Usage.newBuilder().build())
                .setFirstResultAt(now.minusSeconds(30))
                .setLastResultAt(now)
                .setFinishedAt(now)
                .setUpdatedAt(now)
                .build();
    }
}
