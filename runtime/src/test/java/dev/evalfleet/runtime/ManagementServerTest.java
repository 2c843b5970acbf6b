package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final SwitchableService dispatcher = new SwitchableService();

    @Test
    void readySaysWhatIsWaitedForUntilNothingIs() throws Exception {
        try (ManagementServer server = started()) {
            assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
            assertThat(get(server, "/ready").body())
                    .isEqualToIgnoringNewLines(
                            "{\"ready\":false,\"waiting\":{\"dispatcher\":\"reading plans from the start\"}}");

            dispatcher.ready = true;

            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
            assertThat(get(server, "/ready").body()).isEqualToIgnoringNewLines("{\"ready\":true}");
        }
    }

    @Test
    void liveAnswersAsLongAsTheProcessDoes() throws Exception {
        try (ManagementServer server = started()) {
            assertThat(get(server, "/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/live").headers().firstValue("Content-Type"))
                    .hasValue("application/json");
        }
    }

    @Test
    void metricsAreInThePrometheusFormat() throws Exception {
        meters.counter("llm.requests", "model", "tinygpt-v1").increment(3);

        try (ManagementServer server = started()) {
            assertThat(get(server, "/metrics").body()).contains("llm_requests_total{model=\"tinygpt-v1\"} 3.0");
        }
    }

    @Test
    void anythingElseIsNotThere() throws Exception {
        try (ManagementServer server = started()) {
            assertThat(get(server, "/").statusCode()).isEqualTo(404);
            assertThat(get(server, "/livery").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() throws Exception {
        try (ManagementServer first = started();
                ManagementServer second = new ManagementServer("127.0.0.1", first.port(), meters, List.of())) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining("http.port: cannot listen on 127.0.0.1:" + first.port())
                    .hasMessageContaining("set http.port to a free port");
        }
    }

    @Test
    void aHostOfAnotherMachineIsNamedWithWhatToDo() {
        try (ManagementServer server = new ManagementServer("192.0.2.1", 0, meters, List.of())) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining("192.0.2.1");
        }
    }

    private ManagementServer started() throws IOException {
        ManagementServer server = new ManagementServer("127.0.0.1", 0, meters, List.of(dispatcher));
        server.start();
        return server;
    }

    private static HttpResponse<String> get(ManagementServer server, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    private static final class SwitchableService implements Service {
        private volatile boolean ready;

        @Override
        public String name() {
            return "dispatcher";
        }

        @Override
        public void start() {}

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public String waitingFor() {
            return "reading plans from the start";
        }

        @Override
        public void close() {}
    }
}
