package dev.evalfleet.aggregator.stats.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AlarmSimulationTest {

    @Test
    void equallyGoodModelsRarelyRaiseAnAlertHoweverOftenOneLooks() {
        var rates = new AlarmSimulation(1_000, 1_000, 0.9, 0.1, 0, 0.02, 0.05, 11).run();

        assertThat(rates.regressionAlerts()).isLessThan(0.05);
        assertThat(rates.zTestAlarms()).isGreaterThan(0.2);
        assertThat(rates.contradicted()).isLessThan(0.05);
    }

    @Test
    void aDropExactlyAtTheMarginIsTheWorstCaseAndStillWithinAlpha() {
        var rates = new AlarmSimulation(500, 1_000, 0.9, 0.1, 0.02, 0.02, 0.05, 12).run();

        assertThat(rates.contradicted()).isLessThan(0.05);
    }

    @Test
    void aLargeDropIsNoticedEarly() {
        var rates = new AlarmSimulation(200, 1_000, 0.9, 0.1, 0.1, 0.02, 0.05, 13).run();

        assertThat(rates.regressionAlerts()).isEqualTo(1);
        assertThat(rates.failed()).isEqualTo(1);
        assertThat(rates.medianSeen()).isLessThan(0.15);
    }

    @Test
    void theSameSeedGivesTheSameRates() {
        var simulation = new AlarmSimulation(50, 200, 0.5, 0.2, 0.05, 0.02, 0.05, 5);

        assertThat(simulation.run()).isEqualTo(simulation.run());
    }

    @Test
    void settingsThatContradictAreRefused() {
        assertThatThrownBy(() -> new AlarmSimulation(10, 10, 0.99, 0.1, 0, 0.02, 0.05, 1))
                .hasMessageContaining("accuracy 0.99 leaves no room");
        assertThatThrownBy(() -> new AlarmSimulation(10, 10, 0.5, 0.1, 0.2, 0.02, 0.05, 1))
                .hasMessageContaining("drop must be within the discordance, was 0.2");
    }
}
