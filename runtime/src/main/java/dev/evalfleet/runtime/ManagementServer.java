package dev.evalfleet.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What operators and Kubernetes ask a process: `/live`, `/ready` (with what it waits for) and `/metrics`
/// (Prometheus).
public final class ManagementServer implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String host;
    private final int wantedPort;
    private final MeterRegistry meters;
    private final List<Service> watched;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpServer server;

    /// @param port 0 picks a free one
    public ManagementServer(String host, int port, MeterRegistry meters, List<Service> watched) {
        this.host = host;
        this.wantedPort = port;
        this.meters = meters;
        this.watched = List.copyOf(watched);
    }

    @Override
    public String name() {
        return "management";
    }

    @Override
    public void start() throws IOException {
        HttpServer created = bind();
        created.setExecutor(threads);
        created.createContext("/live", exchange -> answer(exchange, "/live", this::live));
        created.createContext("/ready", exchange -> answer(exchange, "/ready", this::readiness));
        created.createContext("/metrics", exchange -> answer(exchange, "/metrics", this::metrics));
        created.createContext(
                "/", exchange -> answer(exchange, exchange.getRequestURI().getPath(), Answer::notFound));
        created.start();
        server = created;
        LOG.info("listening url=http://{}:{} paths=/live,/ready,/metrics", host, port());
    }

    /// The port it listens on, once started.
    public int port() {
        HttpServer running = server;
        if (running == null) {
            throw new IllegalStateException("the management server is not started");
        }
        return running.getAddress().getPort();
    }

    @Override
    public void close() {
        HttpServer running = server;
        if (running != null) {
            running.stop(0);
            server = null;
        }
        threads.shutdownNow();
    }

    private HttpServer bind() throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(host, wantedPort), 0);
        } catch (BindException e) {
            throw new OperatorException(
                    "http.port: cannot listen on %s:%d (%s). Stop what uses it, or set http.port to a free port; 0 picks one"
                            .formatted(host, wantedPort, e.getMessage()),
                    e);
        }
    }

    private Answer live() {
        return Answer.json(200, Map.of("live", true));
    }

    private Answer readiness() {
        Map<String, String> waiting = new LinkedHashMap<>();
        for (Service service : watched) {
            if (!service.ready()) {
                waiting.put(service.name(), service.waitingFor());
            }
        }
        if (waiting.isEmpty()) {
            return Answer.json(200, Map.of("ready", true));
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("ready", false);
        content.put("waiting", waiting);
        return Answer.json(503, content);
    }

    private Answer metrics() {
        return meters instanceof PrometheusMeterRegistry prometheus
                ? new Answer(200, "text/plain; version=0.0.4; charset=utf-8", prometheus.scrape())
                : new Answer(501, "text/plain; charset=utf-8", "this process keeps no Prometheus metrics\n");
    }

    private static void answer(HttpExchange exchange, String path, Supplier<Answer> content) throws IOException {
        try (exchange) {
            Answer answer = exchange.getRequestURI().getPath().equals(path) ? content.get() : Answer.notFound();
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private record Answer(int status, String type, String body) {
        static Answer json(int status, Map<String, ?> content) {
            try {
                return new Answer(status, "application/json", JSON.writeValueAsString(content) + "\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        static Answer notFound() {
            return json(404, Map.of("error", "no such page; there are /live, /ready and /metrics"));
        }
    }
}
