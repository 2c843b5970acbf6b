package dev.evalfleet.loadtest.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ActivationTest {
    private final Activation activation =
            new Activation(HpaTest.pool(0, 8, 10, ScalingRules.defaultUp(), ScalingRules.defaultDown()));

    @Test
    void lagWakesOneWorkerAndTheRestIsTheHpas() {
        assertThat(activation.poll(at(0), 0, true)).isEqualTo(1);
        assertThat(activation.poll(at(30), 5, true)).isEqualTo(5);
    }

    @Test
    void anIdlePoolGoesToZeroFromAnySizeOnceTheCooldownIsOver() {
        activation.poll(at(0), 8, true);

        assertThat(activation.poll(at(30), 8, false)).isEqualTo(8);
        assertThat(activation.poll(at(300), 8, false)).isEqualTo(8);
        assertThat(activation.poll(at(301), 8, false)).isZero();
    }

    @Test
    void lagInBetweenStartsTheCooldownAnew() {
        activation.poll(at(0), 3, true);
        activation.poll(at(200), 3, true);

        assertThat(activation.poll(at(400), 3, false)).isEqualTo(3);
        assertThat(activation.poll(at(501), 3, false)).isZero();
    }

    @Test
    void workersNobodyEverNeededGoAtOnce() {
        assertThat(activation.poll(at(0), 2, false)).isZero();
    }

    @Test
    void aPoolWithAMinimumIsKeptAtIt() {
        Activation kept = new Activation(HpaTest.pool(2, 8, 10, ScalingRules.defaultUp(), ScalingRules.defaultDown()));

        assertThat(kept.poll(at(0), 0, false)).isEqualTo(2);
        assertThat(kept.poll(at(0), 0, true)).isEqualTo(2);
        assertThat(kept.poll(at(10_000), 2, false)).isEqualTo(2);
    }

    private static Instant at(long seconds) {
        return Instant.EPOCH.plusSeconds(seconds);
    }
}
