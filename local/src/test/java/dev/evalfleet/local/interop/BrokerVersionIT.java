package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetClient.Following;
import dev.evalfleet.local.interop.SharedRegistries.Kind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole fleet on brokers of other versions, from the oldest that we promise to work with. Those before 4.0 know
/// only the classic consumer group protocol.
@ExtendWith(SharedRegistries.Extension.class)
class BrokerVersionIT {
    @TempDir
    private Path folder;

    @ParameterizedTest(name = "Kafka {0}")
    @ValueSource(strings = {"3.3.2", "3.9.1", "4.0.0"})
    void aRequestIsEvaluated(String version, SharedRegistries registries) throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(version, folder);
                ServiceFleet fleet = ServiceFleet.start(
                        ServiceFleet.connection(
                                broker.bootstrapServers(), registries.url(Kind.EMBEDDED), "kafka-" + version + "."),
                        folder);
                FleetClient client = fleet.client();
                Following following = client.follow("r1"::equals)) {
            client.submit(EvalRequest.newBuilder()
                    .setRequestId("r1")
                    .setTasks(List.of("skills_add"))
                    .setModels(List.of("tinygpt-v1"))
                    .setLimit(50.0)
                    .build());

            assertThat(following.picture().await(() -> following.picture().isFinished("r1"), Duration.ofMinutes(2)))
                    .as("finished: %s", following.picture().runs())
                    .isTrue();
            assertThat(following.picture().runsOf("r1"))
                    .singleElement()
                    .extracting(RunState::getStatus, RunState::getScored)
                    .containsExactly(RunStatus.COMPLETED, 50L);
        }
    }
}
