package dev.evalfleet.local.embedded;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.KafkaConfig;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One real broker ([TestBroker] says which) and registry for all tests of a JVM, handed to tests as a parameter:
///
/// ```java
/// @ExtendWith(SharedBroker.Extension.class)
/// class SomeTest {
///     @Test
///     void aSentence(SharedBroker broker) throws Exception {
///         try (Fleet fleet = broker.fleet()) { … }
/// ```
///
/// Every [#fleet()] has topics of its own, so tests do not see each other's records. Started with the first test that
/// asks for it, stopped when the last test of the JVM is done.
public final class SharedBroker implements AutoCloseable {
    private final Path dataDir;
    private final TestBroker broker;
    private final EmbeddedRegistry registry;

    private SharedBroker() {
        try {
            dataDir = Files.createTempDirectory("evalfleet-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        broker = TestBroker.start(dataDir);
        registry = EmbeddedRegistry.start(dataDir);
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public String registryUrl() {
        return registry.url();
    }

    public KafkaConfig kafka() {
        return KafkaConfig.of(bootstrapServers());
    }

    /// A connection with a prefix nobody else has; nothing is created yet. Pools get 4 partitions.
    public Fleet fleet() {
        return fleet("test-" + UUID.randomUUID().toString().substring(0, 8) + ".");
    }

    /// Another connection to the topics of a prefix, as another process would have.
    public Fleet fleet(String prefix) {
        return new Fleet(
                kafka(),
                new HttpSchemaRegistry(RegistryAccess.of(URI.create(registryUrl()))),
                new Topics(prefix, 4),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    /// What a process needs to be told to join: sections `kafka`, `registry` and `topics`.
    public Map<String, Object> settings(String prefix) {
        return Map.of(
                "kafka", Map.of("bootstrap-servers", bootstrapServers()),
                "registry", Map.of("urls", registryUrl()),
                "topics", Map.of("prefix", prefix, "sample-partitions", "4"));
    }

    @Override
    public void close() {
        registry.close();
        broker.close();
        Folders.delete(dataDir);
    }

    /// Resolves parameters of type [SharedBroker].
    public static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == SharedBroker.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(SharedBroker.class))
                    .getOrComputeIfAbsent(SharedBroker.class, _ -> new SharedBroker(), SharedBroker.class);
        }
    }
}
