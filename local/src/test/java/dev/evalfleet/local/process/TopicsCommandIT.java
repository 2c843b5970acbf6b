package dev.evalfleet.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.runtime.kafka.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Topics made beforehand, as the chart's Job makes them.
@ExtendWith(SharedBroker.Extension.class)
class TopicsCommandIT {
    @TempDir
    private Path folder;

    @Test
    void theTopicsOfAProducersConfigurationAreMadeAndWhatDiffersIsRefused(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Admin admin = fleet.kafka().admin()) {
            CommandRun made = topics(broker, fleet, 3);

            assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCodes.OK);
            String samples = fleet.topics().samples("small").name();
            assertThat(made.out())
                    .contains(samples + " 3", fleet.topics().control().name() + " 1");
            assertThat(admin.listTopics().names().get())
                    .contains(samples, fleet.topics().baselineScores().name());
            assertThat(fleet.registry().subjects()).contains(samples + "-value");

            assertThat(topics(broker, fleet, 3).exitCode()).as("a second time").isEqualTo(ExitCodes.OK);
            CommandRun different = topics(broker, fleet, 5);
            assertThat(different.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(different.err()).contains(samples + ": partitions must be 5, but the topic has 3");
        }
    }

    private CommandRun topics(SharedBroker broker, Fleet fleet, int partitions) throws IOException {
        Path config = Files.writeString(
                folder.resolve("producer.yaml"),
                """
                kafka: {bootstrap-servers: "%s"}
                registry: {urls: ["%s"]}
                topics: {prefix: "%s", replication: 1}
                producer:
                  spool-dir: /nowhere
                  pools: [{name: small, models: [m], partitions: %d, max-replicas: 2}]
                """
                        .formatted(
                                broker.bootstrapServers(),
                                broker.registryUrl(),
                                fleet.topics().prefix(),
                                partitions));
        return CommandRun.of("topics", "--config", config.toString());
    }
}
