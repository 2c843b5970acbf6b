package dev.evalfleet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.parse("2026-01-01T12:00:00Z"));
    private final AtomicLong nanos = new AtomicLong();
    private final ClockWatch watch = new ClockWatch(wall::get, nanos::get);

    @Test
    void aClockThatGoesAsTimeDoesChangesNothing() {
        passed(Duration.ofSeconds(1), Duration.ofSeconds(1));
        passed(Duration.ofHours(9), Duration.ofHours(9));

        assertThat(watch.ended()).isNotDone();
    }

    @Test
    void aClockThatGoesBackEndsTheProcessAndSaysByHowMuch() {
        passed(Duration.ofSeconds(1), Duration.ofHours(-2));

        assertThat(watch.ended())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(OperatorException.class)
                .withMessageContainingAll("went back by PT2H1S", "2026-01-01T10:00:00Z");
    }

    @Test
    void aCorrectionThatASessionOutlivesIsTolerated() {
        passed(Duration.ofSeconds(1), Duration.ofSeconds(-3));

        assertThat(watch.ended()).isNotDone();
    }

    @Test
    void aClockThatGoesForwardChangesNothing() {
        passed(Duration.ofSeconds(1), Duration.ofHours(3));

        assertThat(watch.ended()).isNotDone();
    }

    private void passed(Duration time, Duration onTheWall) {
        nanos.addAndGet(time.toNanos());
        wall.updateAndGet(before -> before.plus(onTheWall));
        watch.look();
    }
}
