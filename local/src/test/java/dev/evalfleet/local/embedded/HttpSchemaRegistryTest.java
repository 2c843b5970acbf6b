package dev.evalfleet.local.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSchemaRegistryTest {
    private static final Schema V1 =
            SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
    private static final Schema V2 =
            SchemaBuilder.record("R").fields().requiredInt("a").optionalInt("b").endRecord();
    private static final Schema INCOMPATIBLE =
            SchemaBuilder.record("R").fields().requiredInt("a").requiredInt("b").endRecord();
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path dataDir;

    private EmbeddedRegistry embedded;
    private Gate gate;

    @BeforeEach
    void start() throws IOException {
        embedded = EmbeddedRegistry.start(dataDir);
        gate = new Gate(embedded.url());
    }

    @AfterEach
    void stop() {
        gate.close();
        embedded.close();
    }

    @Test
    void whatIsRegisteredIsFoundByIdAndBySubject() {
        try (HttpSchemaRegistry registry = client(access())) {
            int id = registry.register("a/b topic-value", V1);

            assertThat(registry.byId(id)).isEqualTo(V1);
            assertThat(registry.lookup("a/b topic-value", V1)).hasValue(id);
            assertThat(registry.lookup("a/b topic-value", V2)).isEmpty();
            assertThat(registry.lookup("nobody", V1)).isEmpty();
            assertThat(registry.subjects()).containsExactly("a/b topic-value");
            assertThat(registry.versions("a/b topic-value")).containsExactly(1);
            assertThat(registry.register("other", V1)).isEqualTo(id);
        }
    }

    @Test
    void answersAreRememberedForEver() {
        try (HttpSchemaRegistry registry = client(access())) {
            int id = registry.register("s", V1);
            registry.byId(id);
            int calls = gate.calls.get();

            registry.register("s", V1);
            registry.byId(id);

            assertThat(gate.calls).hasValue(calls);
        }
    }

    @Test
    void anIncompatibleSchemaIsRefusedSayingWhy() {
        try (HttpSchemaRegistry registry = client(access())) {
            registry.register("s", V1);

            assertThat(registry.compatible("s", V2)).isTrue();
            assertThat(registry.compatible("s", INCOMPATIBLE)).isFalse();
            assertThat(registry.compatible("new", INCOMPATIBLE)).isTrue();
            assertThatThrownBy(() -> registry.register("s", INCOMPATIBLE))
                    .isInstanceOf(IncompatibleSchemaException.class)
                    .hasMessageContaining("the schema registry refuses the request for s (409)")
                    .hasMessageContaining("READER_FIELD_MISSING_DEFAULT_VALUE");
        }
    }

    @Test
    void anUnknownIdIsUnknownAndNotAnOutage() {
        try (HttpSchemaRegistry registry = client(access())) {
            assertThatThrownBy(() -> registry.byId(99))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessage("schema id 99: Schema 99 not found");
            assertThatThrownBy(() -> registry.versions("nobody")).isInstanceOf(UnknownSchemaException.class);
        }
    }

    @Test
    void basicAndBearerCredentialsAreSent() {
        gate.expectedAuthorization = "Basic YW5uOnB3";
        try (HttpSchemaRegistry registry = client(access().withBasic("ann", "pw"))) {
            assertThat(registry.subjects()).isEmpty();
        }

        gate.expectedAuthorization = "Bearer t0ken";
        try (HttpSchemaRegistry registry = client(access().withBearer("t0ken"))) {
            assertThat(registry.subjects()).isEmpty();
        }
    }

    @Test
    void refusedCredentialsAreToldAtOnceWithoutShowingThem() {
        gate.expectedAuthorization = "Bearer right";
        try (HttpSchemaRegistry registry = client(access().withBearer("wr0ng"))) {
            assertThatThrownBy(registry::subjects)
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(gate.uri() + " refuses the credentials (401)")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wr0ng"));
            assertThat(gate.calls).hasValue(1);
        }
    }

    @Test
    void aServerThatFailsForAMomentIsAskedAgain() {
        gate.failuresLeft.set(2);

        try (HttpSchemaRegistry registry = client(access())) {
            assertThat(registry.register("s", V1)).isEqualTo(1);
            assertThat(gate.calls).hasValue(3);
        }
    }

    @Test
    void theNextServerIsAskedWhenOneIsDownAndPreferredFromThenOn() {
        URI nobody = URI.create("http://127.0.0.1:" + FreePorts.several(1).getFirst());

        try (HttpSchemaRegistry registry = client(RegistryAccess.of(nobody, gate.uri()))) {
            assertThat(registry.register("s", V1)).isEqualTo(1);
            assertThat(registry.subjects()).containsExactly("s");
            assertThat(gate.calls).hasValue(2);
        }
    }

    @Test
    void theNextServerIsAskedWhenOneHangs() throws IOException {
        try (Gate hanging = new Gate(embedded.url());
                HttpSchemaRegistry registry =
                        client(RegistryAccess.of(hanging.uri(), gate.uri()).withTimeout(SHORT, 1))) {
            hanging.isHanging = true;

            assertThat(registry.register("s", V1)).isEqualTo(1);
        }
    }

    @Test
    void theNextServerIsAskedWhenOneFallsSilentInItsAnswer() throws IOException {
        try (Gate hanging = new Gate(embedded.url());
                HttpSchemaRegistry registry =
                        client(RegistryAccess.of(hanging.uri(), gate.uri()).withTimeout(SHORT, 1))) {
            hanging.isHangingInAnswers = true;

            assertThat(registry.register("s", V1)).isEqualTo(1);
        }
    }

    @Test
    void aRegistryThatIsDownIsUnavailableAndNamed() {
        URI nobody = URI.create("http://127.0.0.1:" + FreePorts.several(1).getFirst());

        try (HttpSchemaRegistry registry = client(RegistryAccess.of(nobody).withTimeout(SHORT, 2))) {
            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageStartingWith("The schema registry does not answer: " + nobody)
                    .hasMessageEndingWith("Check registry.urls and that it runs");
        }
    }

    @Test
    void aRegistryThatComesBackIsUsedAgain() {
        int port = URI.create(embedded.url()).getPort();
        try (HttpSchemaRegistry registry = client(RegistryAccess.of(URI.create(embedded.url())))) {
            registry.register("s", V1);
            embedded.close();
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> registry.register("s", V2));

            embedded = EmbeddedRegistry.start(dataDir, port);

            assertThat(waiting.join()).isEqualTo(2);
        }
    }

    @Test
    void anythingElseThatAnswersIsNoRegistry() {
        gate.answerInstead = "<html>Welcome</html>";

        try (HttpSchemaRegistry registry = client(access().withTimeout(SHORT, 1))) {
            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("not JSON");
        }

        gate.answerInstead = "{\"hello\":1}";
        try (HttpSchemaRegistry registry = client(access().withTimeout(SHORT, 1))) {
            assertThatThrownBy(() -> registry.byId(1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("answered 404, not as a schema registry does");
        }
    }

    @Test
    void withoutAutoRegistrationASchemaMustBeThere() {
        try (HttpSchemaRegistry allowed = client(access());
                HttpSchemaRegistry registry = client(access().withAutoRegister(false))) {
            assertThatThrownBy(() -> registry.register("s", V1))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessageContaining("registry.auto-register is false");

            allowed.register("s", V1);

            assertThat(registry.register("s", V1)).isEqualTo(1);
        }
    }

    private RegistryAccess access() {
        return RegistryAccess.of(gate.uri());
    }

    private static HttpSchemaRegistry client(RegistryAccess access) {
        return new HttpSchemaRegistry(access);
    }
}
