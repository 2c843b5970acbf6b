package dev.evalfleet.aggregator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoreHistoryTest {

    @Test
    void keepsEveryPointWhileTheyAreFew() {
        var history = new ScoreHistory();
        for (int n = 1; n <= 100; n++) {
            history.add(new ScoreHistory.Point(n, 0.5, 0.4, 0.6));
        }

        assertThat(history.points()).hasSize(100);
    }

    @Test
    void aLongRunKeepsItsShapeInABoundedNumberOfPoints() {
        var history = new ScoreHistory();
        for (int n = 1; n <= 1_000_000; n++) {
            history.add(new ScoreHistory.Point(n, n / 1e6, 0, 1));
        }

        assertThat(history.points()).hasSizeBetween(100, 401);
        assertThat(history.points().getFirst().n()).isEqualTo(1);
        assertThat(history.points().getLast().n()).isGreaterThan(990_000);
        assertThat(history.points()).isSortedAccordingTo((a, b) -> Long.compare(a.n(), b.n()));
    }
}
