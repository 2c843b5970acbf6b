package dev.evalfleet.local.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.aggregator.dashboard.DashboardService;
import dev.evalfleet.aggregator.dashboard.DashboardSettings;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Secret;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.Extension.class)
class DashboardIT {

    private static final String RUN = Ids.runId("r1", "skills_add", "tiny", null);
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void showsARunAndItsSamplesFromTheTopicsAlone(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet, DashboardSettings.local(0));
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            for (int position = 0; position < 30; position++) {
                SampleResult result = result(position, position % 3 == 0 ? 0 : 1);
                String key = Ids.resultKey("data", result.getDocumentId());
                producer.send(fleet.record(fleet.topics().results(), key, result))
                        .get(30, TimeUnit.SECONDS);
            }
            producer.send(fleet.record(fleet.topics().runs(), RUN, state())).get(30, TimeUnit.SECONDS);

            await().untilAsserted(() -> assertThat(
                            json(dashboard, "/api/runs").get("states").findValuesAsText("id"))
                    .containsExactly(RUN));
            JsonNode wrong = json(dashboard, "/api/samples?show=wrong&limit=4&id=" + encoded(RUN));
            assertThat(wrong.get("samples")).hasSize(4);
            assertThat(wrong.at("/samples/0/outputs/0/text").asText()).isEqualTo("<script>alert(1)</script>");

            JsonNode rest = json(
                    dashboard,
                    "/api/samples?show=wrong&id=" + encoded(RUN) + "&from="
                            + wrong.get("next").asText());
            assertThat(rest.get("samples")).hasSize(6);
            assertThat(rest.get("next").isNull()).isTrue();
            assertThat(wrong.get("samples").findValuesAsText("documentId"))
                    .doesNotContainAnyElementsOf(rest.get("samples").findValuesAsText("documentId"));
        }
    }

    @Test
    void servesThePageWithItsScriptsAndStrictHeaders(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet, DashboardSettings.local(0))) {
            for (String file : List.of(
                    "/",
                    "/app.js",
                    "/format.js",
                    "/samples.js",
                    "/style.css",
                    "/uplot/uPlot.iife.min.js",
                    "/uplot/uPlot.min.css")) {
                HttpResponse<String> answer = get(dashboard.url() + file, Map.of());
                assertThat(answer.statusCode()).as(file).isEqualTo(200);
                assertThat(answer.headers()
                                .firstValue("Content-Security-Policy")
                                .orElse(""))
                        .as(file)
                        .contains("script-src 'self'");
            }
        }
    }

    @Test
    void whatCannotBeShownIsSaidInASentence(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet, DashboardSettings.local(0))) {
            assertThat(get(dashboard.url() + "/api/run?id=nobody", Map.of()).statusCode())
                    .isEqualTo(404);
            assertThat(get(dashboard.url() + "/api/run?id=nobody", Map.of()).body())
                    .contains("no run or request nobody");
            assertThat(get(dashboard.url() + "/api/run", Map.of()).statusCode()).isEqualTo(400);

            int port = URI.create(dashboard.url()).getPort();
            try (var second = new DashboardService(fleet, DashboardSettings.local(port))) {
                assertThatThrownBy(second::start)
                        .isInstanceOf(OperatorException.class)
                        .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
            }
        }
    }

    @Test
    void withATokenNobodyLooksWithoutIt(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard =
                        started(fleet, new DashboardSettings("127.0.0.1", 0, new Secret("open-sesame"), false))) {
            String runs = dashboard.url() + "/api/runs";

            assertThat(get(runs, Map.of()).statusCode()).isEqualTo(401);
            assertThat(get(runs, Map.of("Authorization", "Bearer wrong")).statusCode())
                    .isEqualTo(401);
            assertThat(get(dashboard.url() + "/", Map.of()).statusCode()).isEqualTo(401);
            assertThat(get(runs, Map.of("Authorization", "Bearer open-sesame")).statusCode())
                    .isEqualTo(200);
            assertThat(get(dashboard.url() + "/?token=open-sesame", Map.of())
                            .headers()
                            .firstValue("Set-Cookie"))
                    .hasValueSatisfying(cookie -> assertThat(cookie).contains("HttpOnly", "SameSite=Strict"));
        }
    }

    @Test
    void theEventStreamSaysWhatChanged(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet, DashboardSettings.local(0));
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            producer.send(fleet.record(fleet.topics().runs(), RUN, state())).get(30, TimeUnit.SECONDS);

            HttpRequest request = HttpRequest.newBuilder(URI.create(dashboard.url() + "/api/events"))
                    .header("Accept", "text/event-stream")
                    .timeout(Duration.ofSeconds(30))
                    .build();
            try (var lines =
                    http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
                String data = lines.filter(line -> line.startsWith("data:") && line.contains(RUN))
                        .findFirst()
                        .orElseThrow();
                assertThat(JSON.readTree(data.substring(5))
                                .at("/states/0/status")
                                .asText())
                        .isEqualTo("COMPLETED");
            }
        }
    }

    @Test
    void visitorsWhoWentAwayMakeRoomForOthers(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DashboardService dashboard = started(fleet, DashboardSettings.local(0));
                Producer<String, byte[]> producer = fleet.kafka().producer(Map.of())) {
            List<Socket> visitors = new ArrayList<>();
            for (int visitor = 0; visitor < 200; visitor++) {
                visitors.add(visit(dashboard));
                assertThat(nextEvent(visitors.getLast())).isEqualTo("event: changes");
            }
            try (Socket oneTooMany = visit(dashboard)) {
                assertThat(nextEvent(oneTooMany)).isEqualTo("event: busy");
            }
            for (Socket visitor : visitors) {
                visitor.close();
            }

            await().untilAsserted(() -> {
                producer.send(fleet.record(fleet.topics().runs(), RUN, state())).get(30, TimeUnit.SECONDS);
                try (Socket later = visit(dashboard)) {
                    assertThat(nextEvent(later)).isEqualTo("event: changes");
                }
            });
        }
    }

    private static Socket visit(DashboardService dashboard) throws IOException {
        URI url = URI.create(dashboard.url());
        var socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String nextEvent(Socket visitor) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(visitor.getInputStream(), StandardCharsets.UTF_8)).lines();
        return lines.filter(line -> line.startsWith("event:")).findFirst().orElse("the end");
    }

    private static DashboardService started(Fleet fleet, DashboardSettings settings) {
        var dashboard = new DashboardService(fleet, settings);
        dashboard.start();
        await().untilAsserted(() -> assertThat(dashboard.ready()).isTrue());
        return dashboard;
    }

    private JsonNode json(DashboardService dashboard, String path) throws Exception {
        HttpResponse<String> answer = get(dashboard.url() + path, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(String url, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    private static SampleResult result(int position, double score) {
        return SampleResult.newBuilder()
                .setRunId(RUN)
                .setRequestId("r1")
                .setTask("skills_add")
                .setModel("tiny")
                .setDocumentId("doc-" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("r1/skills_add")
                .setDatasetFingerprint("data")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(SampleStatus.SCORED)
                .setPrompt("1+1=")
                .setOutputs(List.of(
                        Output.newBuilder().setText("<script>alert(1)</script>").build()))
                .setScores(List.of(new Score("exact_match", "none", score, List.of())))
                .setCompletedAt(Instant.now())
                .build();
    }

    private static RunState state() {
        Instant now = Instant.now();
        return RunState.newBuilder()
                .setId(RUN)
                .setKind(StateKind.RUN)
                .setRequestId("r1")
                .setStatus(RunStatus.COMPLETED)
                .setTask("skills_add")
                .setModel("tiny")
                .setExpected(30)
                .setScored(30)
                .setUsage(Usage.newBuilder().build())
                .setFirstResultAt(now.minusSeconds(30))
                .setLastResultAt(now)
                .setFinishedAt(now)
                .setUpdatedAt(now)
                .build();
    }
}
