package dev.evalfleet.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.runtime.kafka.BrokerCheck;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    @TempDir
    Path dataDir;

    @Test
    void aSecondStartOnTheSameFolderFindsTopicsAndRecords() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(dataDir)) {
            KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
            try (Admin admin = kafka.admin();
                    Producer<String, byte[]> producer = kafka.producer(Map.of())) {
                admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
                producer.send(new ProducerRecord<>("kept", 1, "key", new byte[] {7}))
                        .get(30, TimeUnit.SECONDS);
            }
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(dataDir)) {
            KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
            try (Consumer<String, byte[]> reader = kafka.reader(Map.of())) {
                reader.assign(List.of(new TopicPartition("kept", 0), new TopicPartition("kept", 1)));
                ConsumerRecord<String, byte[]> kept =
                        reader.poll(Duration.ofSeconds(30)).iterator().next();

                assertThat(kept.key()).isEqualTo("key");
                assertThat(kept.value()).containsExactly(7);
                assertThat(kept.partition()).isEqualTo(1);
            }
            assertThatThrownBy(() -> EmbeddedBroker.start(dataDir))
                    .isInstanceOf(OperatorException.class)
                    .hasMessageContaining(dataDir + " is in use by another fleet");
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(FreePorts.LOOPBACK, 0));

            assertThatThrownBy(() -> EmbeddedBroker.start(dataDir, taken.getLocalPort()))
                    .isInstanceOf(OperatorException.class)
                    .hasMessage(
                            "Port %d on 127.0.0.1, wanted for the broker, is in use. ".formatted(taken.getLocalPort())
                                    + "Stop what uses it, or choose another port");
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamedWithWhatToDo() {
        KafkaConfig nobody = KafkaConfig.of("127.0.0.1:" + FreePorts.several(1).getFirst());

        assertThatThrownBy(() -> BrokerCheck.reachable(nobody, Duration.ofSeconds(1)))
                .isInstanceOf(UnreachableException.class)
                .hasMessage("Kafka does not answer at %s. Check kafka.bootstrap-servers and that the broker runs"
                        .formatted(nobody.bootstrapServers()));
    }

    @Test
    void aHostThatDoesNotExistIsNamedWithWhatToDo() {
        KafkaConfig nobody = KafkaConfig.of("no-such-host.invalid:9092");

        assertThatThrownBy(() -> BrokerCheck.reachable(nobody, Duration.ofSeconds(1)))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("no-such-host.invalid:9092")
                .hasMessageContaining("Check kafka.bootstrap-servers");
    }
}
