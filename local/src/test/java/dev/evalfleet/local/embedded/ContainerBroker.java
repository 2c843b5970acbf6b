package dev.evalfleet.local.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/// The official broker image in a container, where Docker answers and has the image or can pull it.
sealed interface ContainerBroker {
    String IMAGE = "apache/kafka:4.3.1";
    Path SOCKET = Path.of("/var/run/docker.sock");

    record Started(String bootstrapServers, String image, KafkaContainer container) implements ContainerBroker {}

    record Unavailable(String reason) implements ContainerBroker {}

    static ContainerBroker start() {
        if (System.getenv("DOCKER_HOST") == null && !Files.exists(SOCKET)) {
            return new Unavailable("Docker is not here"); // saves the seconds that Testcontainers needs to find out
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return new Unavailable("Docker does not answer");
        }
        KafkaContainer container = new KafkaContainer(DockerImageName.parse(IMAGE));
        BrokerProperties.ofASingleNode()
                .forEach((name, value) -> container.withEnv(
                        "KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        try {
            container.start();
            return new Started(container.getBootstrapServers(), IMAGE, container);
        } catch (RuntimeException e) {
            container.stop();
            return new Unavailable("%s cannot be started, %s".formatted(IMAGE, innermost(e)));
        }
    }

    private static String innermost(Throwable problem) {
        Throwable inner = problem;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return String.valueOf(inner.getMessage());
    }
}
