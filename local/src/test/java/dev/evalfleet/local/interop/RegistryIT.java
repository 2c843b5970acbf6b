package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.local.embedded.Gate;
import dev.evalfleet.local.interop.SharedRegistries.Kind;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.wire.AvroSerde;
import dev.evalfleet.schemas.wire.IncompatibleSchemaException;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UndecodableException;
import dev.evalfleet.schemas.wire.UnknownSchemaException;
import dev.evalfleet.schemas.wire.WireFormat;
import dev.evalfleet.schemas.wire.http.HttpSchemaRegistry;
import dev.evalfleet.schemas.wire.http.RegistryAccess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a schema registry does for us, the same for the embedded one and for one that nobody here wrote. A gate stands
/// before it: it asks for credentials, and is closed when the registry is to be down.
@ParameterizedClass(name = "{0}")
@EnumSource
@ExtendWith(SharedRegistries.Extension.class)
class RegistryIT {
    private static final Schema V1 =
            SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
    private static final Schema V2 =
            SchemaBuilder.record("R").fields().requiredInt("a").optionalInt("b").endRecord();
    private static final Schema INCOMPATIBLE =
            SchemaBuilder.record("R").fields().requiredInt("a").requiredInt("b").endRecord();

    private final String url;
    private final String subject = "test-" + UUID.randomUUID() + "/a b-value";
    private Gate gate;
    private HttpSchemaRegistry registry;

    RegistryIT(Kind kind, SharedRegistries registries) {
        url = registries.url(kind);
    }

    @BeforeEach
    void open() throws IOException {
        gate = new Gate(url);
        registry = new HttpSchemaRegistry(access());
    }

    @AfterEach
    void close() {
        registry.close();
        gate.close();
    }

    @Test
    void whatIsRegisteredIsFoundByIdAndBySubject() {
        int id = registry.register(subject, V1);

        try (HttpSchemaRegistry other = new HttpSchemaRegistry(access())) {
            assertThat(other.byId(id)).isEqualTo(V1);
            assertThat(other.lookup(subject, V1)).hasValue(id);
            assertThat(other.lookup(subject, V2)).isEmpty();
            assertThat(other.lookup(subject + "-of-nobody", V1)).isEmpty();
            assertThat(other.subjects()).contains(subject);
            assertThat(other.versions(subject)).containsExactly(1);
            assertThat(other.register(subject + "-2", V1)).isEqualTo(id);
        }
    }

    @Test
    void aRecordWrittenThroughOneClientIsReadThroughAnother() {
        byte[] bytes = AvroSerde.of(RunControl.class, subject, registry).toBytes(cancel());

        try (HttpSchemaRegistry other = new HttpSchemaRegistry(access())) {
            AvroSerde<RunControl> reader = AvroSerde.of(RunControl.class, subject, other);
            assertThat(reader.fromBytes(bytes)).isEqualTo(cancel());
            assertThat(reader.toBytes(cancel())).isEqualTo(bytes);
        }
    }

    @Test
    void aSchemaThatReadersCouldNotReadIsRefused() throws Exception {
        registry.register(subject, V1);
        RegistryRule.set(url, subject, "BACKWARD");

        assertThat(registry.compatible(subject, V2)).isTrue();
        assertThat(registry.compatible(subject, INCOMPATIBLE)).isFalse();
        assertThat(registry.compatible(subject + "-of-nobody", INCOMPATIBLE)).isTrue();
        assertThatThrownBy(() -> registry.register(subject, INCOMPATIBLE))
                .isInstanceOf(IncompatibleSchemaException.class)
                .hasMessageContaining("the schema registry refuses the request for " + subject + " (409)")
                .hasMessageContaining("b");
        registry.register(subject, V2);
        assertThat(registry.versions(subject)).containsExactly(1, 2);
    }

    @Test
    void anIdNobodyRegisteredIsUnknownAndNoOutage() {
        assertThatThrownBy(() -> registry.byId(999_999))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageStartingWith("schema id 999999: Schema 999999 not found");
        assertThatThrownBy(() -> registry.versions(subject)).isInstanceOf(UnknownSchemaException.class);
        AvroSerde<RunControl> serde = AvroSerde.of(RunControl.class, subject, registry);
        assertThatThrownBy(() -> serde.fromBytes(WireFormat.frame(999_999, new byte[] {1})))
                .isInstanceOf(UndecodableException.class)
                .hasMessage("the schema registry does not know schema id 999999");
    }

    @Test
    void credentialsAreSentAndRefusedOnesAreToldWithoutShowingThem() {
        gate.expectedAuthorization = "Basic YW5uOnB3";
        try (HttpSchemaRegistry basic = new HttpSchemaRegistry(access().withBasic("ann", "pw"))) {
            assertThat(basic.register(subject, V1)).isPositive();
        }
        gate.expectedAuthorization = "Bearer t0ken";
        try (HttpSchemaRegistry bearer = new HttpSchemaRegistry(access().withBearer("t0ken"))) {
            assertThat(bearer.subjects()).contains(subject);
        }
        try (HttpSchemaRegistry wrong = new HttpSchemaRegistry(access().withBearer("wr0ng"))) {
            assertThatThrownBy(wrong::subjects)
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(gate.uri() + " refuses the credentials (401)")
                    .hasMessageNotContaining("wr0ng");
        }
    }

    @Test
    void aRegistryThatIsDownIsNamedAndOneThatComesBackIsUsed() throws Exception {
        int port = gate.uri().getPort();
        gate.close();

        try (HttpSchemaRegistry hasty = new HttpSchemaRegistry(access().withTimeout(Duration.ofSeconds(1), 1))) {
            assertThatThrownBy(() -> hasty.register(subject, V1))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessage(
                            "The schema registry does not answer: http://127.0.0.1:%d: no connection. Check registry.urls and that it runs",
                            port);
        }
        try (HttpSchemaRegistry patient = new HttpSchemaRegistry(access().withTimeout(Duration.ofSeconds(5), 60))) {
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> patient.register(subject, V1));
            gate = new Gate(url, port);

            assertThat(waiting.join()).isPositive();
        }
    }

    private RegistryAccess access() {
        return RegistryAccess.of(gate.uri());
    }

    private static RunControl cancel() {
        return RunControl.newBuilder()
                .setId("r1")
                .setAction(ControlAction.CANCEL)
                .setAt(Instant.EPOCH)
                .build();
    }
}
