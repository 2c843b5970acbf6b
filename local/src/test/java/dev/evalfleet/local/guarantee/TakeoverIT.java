package dev.evalfleet.local.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.EvalfleetCommand;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// One producer is active; another takes over when it dies.
@ExtendWith(SharedBroker.Extension.class)
@Timeout(300)
class TakeoverIT {

    private static final Map<String, Object> POOL = Map.of("low-mark", 32, "high-mark", 64);
    private static final Map<String, Object> QUICK = Map.of("takeover-after", "6s", "cursor-interval", "50ms");

    @TempDir
    private Path folder;

    @Test
    void aProducerThatWasKilledIsReplacedByTheOneThatStandsBy(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            Process active = process(fleet);
            try {
                fleet.aggregator();
                Map<String, Long> cursors = new ConcurrentHashMap<>();
                fleet.submit(request("first"));
                try (TopicFollower following = new TopicFollower(fleet.fleet(), "cursors")
                        .on(fleet.fleet().topics().dispatch(), at -> {
                            if (at.value() != null) {
                                cursors.merge(at.key(), at.value().getNextPosition(), Math::max);
                            }
                        })) {
                    following.start();
                    await().atMost(FleetParts.PATIENCE)
                            .untilAsserted(() -> assertThat(cursors.get("first/skills_add/m"))
                                    .as(this::log)
                                    .isEqualTo(64));
                    ProducerService standby = fleet.producer(POOL, QUICK);
                    await().atMost(FleetParts.PATIENCE).until(standby::ready);
                }
                fleet.worker("w", Map.of("latency", "5ms"));
                await().atMost(FleetParts.PATIENCE)
                        .until(() -> fleet.state("first/skills_add/m").getScored() > 100);
            } finally {
                active.destroyForcibly();
            }
            assertThat(active.waitFor(10, TimeUnit.SECONDS)).isTrue();
            fleet.submit(request("second"));

            for (String id : List.of("first", "second")) {
                RunState run = fleet.ended(id + "/skills_add/m");
                assertThat(run.getStatus()).isEqualTo(RunStatus.COMPLETED);
                assertThat(run.getScored()).isEqualTo(run.getExpected());
                assertThat(fleet.results(run)).hasSize((int) run.getExpected());
            }
        }
    }

    private static EvalRequest.Builder request(String id) {
        return EvalRequest.newBuilder()
                .setRequestId(id)
                .setTasks(List.of("skills_add"))
                .setModels(List.of("m"))
                .setLimit(400.0);
    }

    private Process process(FleetParts fleet) throws IOException {
        Map<String, Object> sections = new HashMap<>(fleet.producerSections(POOL, QUICK));
        sections.remove("topics");
        sections.put("http", Map.of("port", 0));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EvalfleetCommand.class.getName(),
                        "producer",
                        "--config",
                        fleet.config(sections).toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("producer.log").toFile())
                .start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("producer.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
