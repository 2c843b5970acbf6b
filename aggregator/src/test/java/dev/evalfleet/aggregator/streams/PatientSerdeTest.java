package dev.evalfleet.aggregator.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import dev.evalfleet.schemas.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;

class PatientSerdeTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    @Test
    void aRegistryThatComesBackIsWaitedFor() {
        AtomicInteger calls = new AtomicInteger();
        Serde<String> serde = patient(
                (_, bytes) -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new RegistryUnavailableException("away", null);
                    }
                    return new String(bytes, StandardCharsets.UTF_8);
                },
                Duration.ofMinutes(1));

        assertThat(serde.deserializer().deserialize("topic", HELLO)).isEqualTo("hello");
        assertThat(calls).hasValue(2);
    }

    @Test
    void aRegistryThatStaysAwayEndsThePatience() {
        Serde<String> serde = patient(
                (_, _) -> {
                    throw new RegistryUnavailableException("away", null);
                },
                Duration.ZERO);

        assertThatThrownBy(() -> serde.deserializer().deserialize("topic", HELLO))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void whatCannotBeDecodedIsNotTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        Serde<String> serde = patient(
                (_, _) -> {
                    calls.incrementAndGet();
                    throw new UndecodableException("garbage");
                },
                Duration.ofMinutes(1));

        assertThatThrownBy(() -> serde.deserializer().deserialize("topic", HELLO))
                .isInstanceOf(UndecodableException.class);
        assertThat(calls).hasValue(1);
    }

    private static Serde<String> patient(Deserializer<String> deserializer, Duration patience) {
        return new PatientSerde<>(Serdes.serdeFrom(Serdes.String().serializer(), deserializer), patience);
    }
}
