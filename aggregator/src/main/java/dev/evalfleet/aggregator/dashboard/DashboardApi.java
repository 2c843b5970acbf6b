package dev.evalfleet.aggregator.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.RunState;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import io.javalin.http.staticfiles.Location;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The page's JSON and its event stream. Reads only; there is nothing here that changes a run.
final class DashboardApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DashboardApi.class);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration PACE = Duration.ofMillis(300);
    private static final int MOST_VISITORS = 200;
    private static final int MOST_READERS = 4;
    private static final int MOST_SAMPLES = 200;
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Set<String> CHART_FILES = Set.of("uPlot.iife.min.js", "uPlot.min.css");

    private final Fleet fleet;
    private final RunsView view;
    private final Door door;
    private final Semaphore visitors = new Semaphore(MOST_VISITORS);
    private final Semaphore readers = new Semaphore(MOST_READERS);
    private volatile boolean closed;

    DashboardApi(Fleet fleet, RunsView view, Door door) {
        this.fleet = fleet;
        this.view = view;
        this.door = door;
    }

    void configure(JavalinConfig config) {
        config.staticFiles.add("/dashboard", Location.CLASSPATH);
        config.routes.get("/uplot/{file}", this::chartLibrary);
        config.routes.before(door::check);
        config.routes.get("/api/runs", this::runs);
        config.routes.get("/api/run", this::run);
        config.routes.get("/api/samples", this::samples);
        config.routes.get("/api/events", this::events);
    }

    private void chartLibrary(Context request) {
        String file = request.pathParam("file");
        InputStream content = CHART_FILES.contains(file) ? DashboardApi.class.getResourceAsStream(UPLOT + file) : null;
        if (content == null) {
            throw new NotFoundResponse("there is no " + file);
        }
        request.contentType(file.endsWith(".css") ? "text/css" : "text/javascript")
                .result(content);
    }

    private void runs(Context request) {
        ObjectNode answer = JSON.objectNode();
        answer.set("states", array(view.states()));
        answer.set("alerts", array(view.alerts()));
        json(request, answer);
    }

    private void run(Context request) {
        RunState state = known(request);
        ObjectNode answer = JSON.objectNode();
        answer.set("state", AvroJson.of(state));
        answer.set("metrics", array(view.metrics(state.getId())));
        ObjectNode histories = answer.putObject("histories");
        view.histories(state.getId()).forEach((key, points) -> {
            ArrayNode array = histories.putArray(key);
            for (ScoreHistory.Point point : points) {
                array.addArray()
                        .add(point.n())
                        .add(point.value())
                        .add(finite(point.lower()))
                        .add(finite(point.upper()));
            }
        });
        answer.set(
                "alerts",
                array(view.alerts().stream()
                        .filter(alert -> alert.getRunId().equals(state.getId()))
                        .toList()));
        json(request, answer);
    }

    private static JsonNode finite(double value) {
        return Double.isFinite(value) ? JSON.numberNode(value) : JSON.nullNode();
    }

    private void samples(Context request) {
        RunState state = known(request);
        SamplePage.Show show = show(request.queryParam("show"));
        int most = limit(request.queryParam("limit"));
        Map<Integer, Long> from = cursor(request.queryParam("from"));
        if (!readers.tryAcquire()) {
            throw new ServiceUnavailableResponse("too many pages are being read; try again in a moment");
        }
        try {
            SamplePage page = SamplePage.read(fleet, state, show, most, from);
            ObjectNode answer = JSON.objectNode();
            answer.set("samples", array(page.samples()));
            answer.put("scanned", page.scanned());
            answer.put("next", page.next().isEmpty() ? null : text(page.next()));
            json(request, answer);
        } finally {
            readers.release();
        }
    }

    /// A visitor's stream: everything at first, then what changed, at most every 300 ms and each thing once however
    /// often it changed meanwhile; so a slow visitor holds nothing up. The request's own thread writes it, so
    /// that a visitor who went away is an exception of the next write and nothing else.
    private void events(Context request) {
        boolean admitted = visitors.tryAcquire();
        HttpServletResponse response = request.res();
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("X-Accel-Buffering", "no"); // proxies must not gather it
        try {
            OutputStream stream = response.getOutputStream();
            if (admitted) {
                follow(stream);
            } else {
                write(stream, "event: busy\ndata: too many visitors\n\n");
            }
        } catch (IOException e) {
            LOG.debug("a visitor of the dashboard went away: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (admitted) {
                visitors.release();
            }
        }
    }

    private void follow(OutputStream stream) throws IOException, InterruptedException {
        long seen = -1;
        while (!closed) {
            RunsView.Changes changes = view.changesAfter(seen, HEARTBEAT);
            if (changes.version() <= seen) {
                write(stream, ": still here\n\n");
                continue;
            }
            seen = changes.version();
            ObjectNode event = JSON.objectNode();
            event.set("states", array(changes.states()));
            event.set("metrics", array(changes.metrics()));
            event.set("alerts", array(changes.alerts()));
            write(stream, "event: changes\ndata: " + event + "\n\n"); // JSON holds no line breaks
            RunsView.pause(PACE);
        }
    }

    private static void write(OutputStream stream, String text) throws IOException {
        stream.write(text.getBytes(StandardCharsets.UTF_8));
        stream.flush();
    }

    @Override
    public void close() {
        closed = true;
        view.wake();
    }

    private RunState known(Context request) {
        String id = request.queryParam("id");
        if (id == null || id.isEmpty()) {
            throw new BadRequestResponse("the parameter id is missing: a run id or a request id");
        }
        return view.state(id).orElseThrow(() -> new NotFoundResponse("there is no run or request " + id));
    }

    private static SamplePage.Show show(@Nullable String text) {
        if (text == null) {
            return SamplePage.Show.ALL;
        }
        try {
            return SamplePage.Show.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BadRequestResponse("show must be all, wrong or failed, was " + text);
        }
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return 50;
        }
        try {
            return Math.clamp(Integer.parseInt(text), 1, MOST_SAMPLES);
        } catch (NumberFormatException e) {
            throw new BadRequestResponse("limit must be a number from 1 to %d, was %s".formatted(MOST_SAMPLES, text));
        }
    }

    /// `partition:offset` pairs, comma-separated.
    private static Map<Integer, Long> cursor(@Nullable String text) {
        var from = new TreeMap<Integer, Long>();
        if (text == null || text.isEmpty()) {
            return from;
        }
        try {
            for (String pair : text.split(",", -1)) {
                String[] parts = pair.split(":", -1);
                from.put(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new BadRequestResponse("from must be what a page before gave as next, was " + text);
        }
        return from;
    }

    private static String text(Map<Integer, Long> cursor) {
        return String.join(
                ",",
                cursor.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .toList());
    }

    private static ArrayNode array(Collection<? extends SpecificRecord> records) {
        ArrayNode array = JSON.arrayNode();
        records.forEach(record -> array.add(AvroJson.of(record)));
        return array;
    }

    private static void json(Context request, JsonNode answer) {
        request.contentType("application/json").result(answer.toString());
    }
}
