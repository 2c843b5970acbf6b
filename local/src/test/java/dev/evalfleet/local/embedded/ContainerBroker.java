package dev.evalfleet.local.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/// The official broker image in a container, where Docker answers and has the image or can pull it.
sealed interface ContainerBroker {
    String IMAGE = "apache/kafka:4.3.1";
    Path SOCKET = Path.of("/var/run/docker.sock");

    record Started(String bootstrapServers, String image, KafkaContainer container) implements ContainerBroker {}

    record Unavailable(String reason) implements ContainerBroker {}

    /// Where an image can neither be found nor pulled, Docker's client tries for minutes.
    Duration PATIENCE = Duration.ofMinutes(2);

    static ContainerBroker start() {
        var started = new CompletableFuture<ContainerBroker>();
        Thread.ofPlatform().daemon().name("container-broker").start(() -> {
            try {
                ContainerBroker broker = startPatiently();
                if (!started.complete(broker) && broker instanceof Started late) {
                    late.container().stop();
                }
            } catch (RuntimeException | Error e) {
                started.complete(new Unavailable("Docker cannot be used, " + innermost(e)));
            }
        });
        var tooLate =
                new Unavailable("Docker started none within " + PATIENCE.toSeconds() + " s; is there a registry?");
        return started.completeOnTimeout(tooLate, PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static ContainerBroker startPatiently() {
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
