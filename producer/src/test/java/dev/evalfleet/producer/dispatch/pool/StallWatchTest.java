package dev.evalfleet.producer.dispatch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.schemas.avro.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // what is read here is as its maker writes it
class StallWatchTest {
    private final Instant start = Instant.parse("2026-01-01T12:00:00Z");
    private final StallWatch stall = new StallWatch("p", Duration.ofSeconds(30));

    @Test
    void aPoolWithWorkThatFinishesNothingIsReportedOnce() {
        assertThat(at(0, 10, 0)).isFalse();
        assertThat(at(29, 10, 0)).isFalse();
        assertThat(at(30, 10, 0)).isTrue();
        assertThat(at(31, 10, 0)).isFalse();
        assertThat(stall.isStalled()).isTrue();
    }

    @Test
    void anySampleFinishedEndsTheStall() {
        at(0, 10, 0);
        at(30, 10, 0);

        assertThat(at(31, 10, 1)).isFalse();
        assertThat(stall.isStalled()).isFalse();
        assertThat(at(60, 10, 1)).isFalse();
        assertThat(at(61, 10, 1)).isTrue();
    }

    @Test
    void aPoolWithoutWorkNeverStalls() {
        at(0, 10, 10);

        assertThat(at(1_000, 10, 10)).isFalse();
    }

    @Test
    void whatIsLeftOfCancelledRunsStallsNobody() {
        observe(0, 10, 0, false);

        assertThat(observe(1_000, 10, 0, false)).isNull();
        assertThat(observe(1_001, 10, 0, true)).isNull();
        assertThat(observe(1_031, 10, 0, true)).isNotNull();
    }

    @Test
    void whereWorkersAreTheyAreTheOnesToAsk() {
        observe(0, 10, 4, true);

        Alert alert = observe(30, 10, 4, true);

        assertThat(alert).isNotNull();
        assertThat(alert.getMessage())
                .isEqualTo("pool \"p\" has stalled: 6 samples wait and nothing was finished since 2026-01-01T12:00:00Z;"
                        + " 2 workers are there: /ready of each says what it waits for");
        assertThat(alert.getAlertId()).isEqualTo("stalled/pool/p/4");
    }

    @Test
    void waitingBeginsWithTheWork() {
        at(0, 10, 10);
        at(1_000, 10, 10);

        assertThat(at(1_001, 11, 10)).isFalse();
        assertThat(at(1_030, 11, 10)).isFalse();
        assertThat(at(1_031, 11, 10)).isTrue();
    }

    private boolean at(long second, long end, long committed) {
        return observe(second, end, committed, true) != null;
    }

    private @Nullable Alert observe(long second, long end, long committed, boolean wanted) {
        return stall.observe(
                new Outstanding(Map.of(), Map.of(0, end), Map.of(0, new OffsetAndMetadata(committed))),
                wanted,
                start.plusSeconds(second),
                () -> 2);
    }
}
