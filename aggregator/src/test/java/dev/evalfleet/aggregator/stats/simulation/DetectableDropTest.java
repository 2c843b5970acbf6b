package dev.evalfleet.aggregator.stats.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DetectableDropTest {

    @Test
    void aThousandSamplesEstablishADropOfAFewPoints() {
        var drop = DetectableDrop.of(1_000, 0.05, 0.1);

        assertThat(drop.possible()).isBetween(0.005, 0.01);
        assertThat(drop.likely()).isBetween(0.02, 0.05);
    }

    @Test
    void moreSamplesEstablishSmallerDrops() {
        assertThat(DetectableDrop.of(100_000, 0.05, 0.1).likely())
                .isLessThan(DetectableDrop.of(1_000, 0.05, 0.1).likely() / 5);
    }

    @Test
    void aHandfulOfSamplesEstablishesNothing() {
        var drop = DetectableDrop.of(5, 0.05, 0.1);

        assertThat(drop.possible()).isEqualTo(1);
        assertThat(drop.likely()).isEqualTo(1);
    }
}
