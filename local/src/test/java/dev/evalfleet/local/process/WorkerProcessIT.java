package dev.evalfleet.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.fleet.LocalFleet;
import dev.evalfleet.local.fleet.LocalFleetSettings;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.local.fleet.ModelSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A worker as a process of its own joins a fleet, serves its pool, tells about itself, and leaves when told to.
class WorkerProcessIT {

    @TempDir
    private Path folder;

    @Test
    void aWorkerProcessServesItsPoolUntilItIsToldToStop() throws Exception {
        Place place = new Place(folder.resolve("data"), List.of(Home.find().tasks()), new Ports(0, 0, 0));
        List<ModelSpec> models = List.of(ModelSpec.parse("m=scripted"));
        try (LocalFleet fleet = LocalFleet.start(LocalFleetSettings.of(place, models, 0, Feed.of(4)))) {
            int port = freePort();
            Process worker = worker(fleet, port);
            try {
                await().atMost(Duration.ofSeconds(150))
                        .untilAsserted(() ->
                                assertThat(status(port, "/ready")).as(this::log).isEqualTo(200));

                CommandRun submit = submit(fleet);

                assertThat(submit.exitCode()).as(submit.err()).isZero();
                assertThat(submit.out()).contains("skills_add", "1.0000");
                assertThat(get(port, "/metrics")).contains("llm_requests_total");
                assertThat(status(port, "/live")).isEqualTo(200);
            } finally {
                worker.destroy(); // SIGTERM
            }
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(log()).contains("stopped service=worker outside");
        }
    }

    private CommandRun submit(LocalFleet fleet) {
        return CommandRun.of(
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
                "30",
                "--wait");
    }

    private Process worker(LocalFleet fleet, int port) throws IOException {
        Path config = Files.writeString(
                folder.resolve("worker.yaml"),
                """
                kafka: {bootstrap-servers: "%s"}
                registry: {urls: ["%s"]}
                http: {port: %d}
                worker:
                  pool: m
                  models: [{name: m, backend: scripted}]
                """
                        .formatted(fleet.file().bootstrap(), fleet.file().registry(), port));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder process = new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                EvalfleetCommand.class.getName(),
                "worker",
                "--config",
                config.toString());
        process.environment().put("EVALFLEET_WORKER_NAME", "outside"); // a variable beside the file
        return process.redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.log").toFile())
                .start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("worker.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static int status(int port, String path) {
        try {
            return ask(port, path).statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }

    private static String get(int port, String path) throws IOException {
        return ask(port, path).body();
    }

    private static HttpResponse<String> ask(int port, String path) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
