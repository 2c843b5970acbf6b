package dev.evalfleet.producer.dispatch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.Routing;
import dev.evalfleet.producer.dispatch.TokenPrices;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class WindowTest {
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final Window adaptive = new Window(Pool.of("p", List.of("m"), 2));

    @Test
    void aFastPoolGetsTwoSecondsOfItsThroughput() {
        run(adaptive, 1_000, 100);

        assertThat(adaptive.throughput()).isCloseTo(1_000, within(1.0));
        assertThat(adaptive.low()).isBetween(1_999L, 2_001L);
        assertThat(adaptive.high()).isEqualTo((long) (adaptive.low() * 1.5));
    }

    @Test
    void theFirstMeasurementCountsAtOnce() {
        run(adaptive, 1_000, 1);

        assertThat(adaptive.low()).isEqualTo(2_000);
    }

    @Test
    void aSlowPoolKeepsItsMarks() {
        run(adaptive, 1, 100);

        assertThat(adaptive.low()).isEqualTo(8);
        assertThat(adaptive.high()).isEqualTo(16);
    }

    @Test
    void timeWithoutWorkDoesNotCount() {
        run(adaptive, 1_000, 100);
        adaptive.observe(level(100_010, 100_010), now);
        now = now.plus(Duration.ofHours(1));
        adaptive.observe(level(100_010, 100_010), now);

        assertThat(adaptive.throughput()).isCloseTo(1_000, within(10.0));
    }

    @Test
    void fixedMarksStay() {
        Window fixed = new Window(new Pool(
                "p", List.of("m"), 1, 1, 1, 8, 16, Routing.Policy.LEAST_OUTSTANDING, TokenPrices.NONE, 2, false));
        run(fixed, 1_000, 100);

        assertThat(fixed.low()).isEqualTo(8);
        assertThat(fixed.high()).isEqualTo(16);
    }

    @Test
    void aPoolBetweenItsMarksIsLeftAlone() {
        assertThat(adaptive.room(level(20, 10))).isZero();
        assertThat(adaptive.room(level(16, 10))).isEqualTo(16 - 6);
    }

    @Test
    void anEmptyPartitionIsFilledThoughAnotherHangs() {
        Outstanding oneHangs = new Outstanding(
                Map.of(), Map.of(0, 8L, 1, 3L), Map.of(0, new OffsetAndMetadata(0), 1, new OffsetAndMetadata(3)));

        assertThat(adaptive.room(oneHangs)).isEqualTo(8);
        assertThat(adaptive.mostPerPartition(2)).isEqualTo(8);
    }

    private void run(Window window, long perSecond, int seconds) {
        long finished = 0;
        window.observe(level(10, 0), now);
        for (int i = 0; i < seconds; i++) {
            finished += perSecond;
            now = now.plusSeconds(1);
            window.observe(level(finished + 10, finished), now);
        }
    }

    /// Both partitions at the same level.
    private static Outstanding level(long ends, long committed) {
        long half = Math.ceilDiv(ends, 2);
        return new Outstanding(
                Map.of(),
                Map.of(0, half, 1, ends - half),
                Map.of(
                        0, new OffsetAndMetadata(Math.ceilDiv(committed, 2)),
                        1, new OffsetAndMetadata(committed - Math.ceilDiv(committed, 2))));
    }
}
