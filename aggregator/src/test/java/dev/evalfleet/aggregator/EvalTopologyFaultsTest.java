package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.BASELINE;
import static dev.evalfleet.aggregator.Fixtures.CANDIDATE;
import static dev.evalfleet.aggregator.Fixtures.REQUEST;
import static dev.evalfleet.aggregator.Fixtures.compared;
import static dev.evalfleet.aggregator.Fixtures.plan;
import static dev.evalfleet.aggregator.Fixtures.scored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What gets lost, comes late, comes broken or never comes.
class EvalTopologyFaultsTest {
    private static final Pattern GENERATED = Pattern.compile("\\d{10}");

    private final TopologyUnderTest fleet = TopologyUnderTest.with(
            new Pace(Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofDays(7), Duration.ofHours(1), 3));

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void positionsWithoutResultAreListedWhenItGetsQuiet() {
        fleet.plans(plan(CANDIDATE, 5000));
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 2, 1), scored(CANDIDATE, 4500, 1));
        fleet.passes(Duration.ofSeconds(2));
        assertThat(fleet.state(CANDIDATE).getMissingPositions()).isEmpty();

        fleet.passes(Duration.ofSeconds(1));

        assertThat(fleet.state(CANDIDATE).getMissingPositions())
                .hasSize(1000)
                .startsWith(1L, 3L, 4L)
                .endsWith(1001L);
    }

    @Test
    void aResultEndsTheQuiet() {
        fleet.plans(plan(CANDIDATE, 4));
        fleet.dispatched(CANDIDATE, 4);
        fleet.passes(Duration.ofSeconds(3));
        assertThat(fleet.state(CANDIDATE).getMissingPositions()).containsExactly(0L, 1L, 2L, 3L);

        fleet.receives(scored(CANDIDATE, 1, 1));
        fleet.ticks();
        assertThat(fleet.state(CANDIDATE).getMissingPositions()).isEmpty();

        fleet.passes(Duration.ofSeconds(3));
        assertThat(fleet.state(CANDIDATE).getMissingPositions()).containsExactly(0L, 2L, 3L);
    }

    @Test
    void lostPositionsAreClosedAsInfrastructureFailures() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.dispatched(CANDIDATE, 2, 0L, 1L);
        fleet.dispatched(CANDIDATE, 2, 0L, 1L);

        RunState state = fleet.state(CANDIDATE);
        assertThat(state.getStatus()).isEqualTo(RunStatus.INCOMPLETE);
        assertThat(state.getScored()).isEqualTo(1);
        assertThat(state.getFailedInfrastructure()).isEqualTo(1);
        assertThat(state.getStatusReason()).contains("lost 1");
    }

    @Test
    void aResultOfALostPositionIsLate() {
        fleet.plans(plan(CANDIDATE, 3));
        fleet.dispatched(CANDIDATE, 3, 1L);
        fleet.receives(scored(CANDIDATE, 1, 1), scored(CANDIDATE, 0, 1));
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getLate()).isEqualTo(1);
        assertThat(fleet.state(CANDIDATE).getScored()).isEqualTo(1);
        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(1);
    }

    @Test
    void theLateResultOfALostPositionIsNotPaired() {
        List<String> both = List.of(BASELINE, CANDIDATE);
        fleet.plans(compared(BASELINE, 2, BASELINE, both), compared(CANDIDATE, 2, BASELINE, both));
        fleet.receives(scored(BASELINE, 0, 1), scored(BASELINE, 1, 1));
        fleet.dispatched(CANDIDATE, 2, 1L);
        fleet.receives(scored(CANDIDATE, 1, 0), scored(CANDIDATE, 0, 1));

        assertThat(fleet.metric(CANDIDATE).getPaired().getPairs()).isEqualTo(1);
        assertThat(fleet.metric(CANDIDATE).getPaired().getLosses()).isZero();
    }

    @Test
    void garbageGoesToDeadLettersWithCauseAndOrigin() {
        fleet.plans(plan(CANDIDATE, 1));
        fleet.receivesBytes("key", new byte[] {1, 2, 3, 4, 5, 6});
        fleet.receivesBytes("key", new byte[] {0});
        fleet.receives(scored(CANDIDATE, 0, 1));

        assertThat(fleet.deadLetters())
                .containsEntry(
                        "evalfleet.results-0@0",
                        "value starts with byte 0x01, not with the 0x00 of the Confluent wire format")
                .hasSize(2);
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void aScoreThatIsNoNumberIsRefusedAndItsSampleStaysOpen() {
        fleet.plans(plan(CANDIDATE, 1));
        fleet.receives(scored(CANDIDATE, 0, Double.NaN));
        assertThat(fleet.deadLetters().values())
                .containsExactly("result of run \"req-1/add/new\", document \"doc-0\": "
                        + "its exact_match,none is NaN [], not a finite number");

        fleet.receives(scored(CANDIDATE, 0, 1));

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(1.0);
    }

    @Test
    void aScoreOutOfBoundsIsRefusedNotClamped() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 1, 1.5));

        assertThat(fleet.deadLetters())
                .containsEntry(
                        "evalfleet.results-0@1",
                        "result of run \"req-1/add/new\", position 1: its exact_match,none is 1.5, outside [0.0, 1.0]");
        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(1.0);
        assertThat(fleet.metric(CANDIDATE).getFailedInfrastructure()).isEqualTo(1);
        assertThat(fleet.state(CANDIDATE).getStatusReason()).contains("invalid_score 1");
    }

    @Test
    void aScoreOfAnUnknownMetricIsRefused() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(Fixtures.result(CANDIDATE, 0)
                .setScores(List.of(Fixtures.score("bleu", 3)))
                .build());

        assertThat(fleet.deadLetters().values())
                .containsExactly("result of run \"req-1/add/new\", position 0: it has a score for bleu,none, "
                        + "which run req-1/add/new does not report (it reports: exact_match,none)");
    }

    @Test
    void aPositionBeyondTheRunIsRefused() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(scored(CANDIDATE, 2, 1));

        assertThat(fleet.deadLetters().values())
                .containsExactly("result of run \"req-1/add/new\", position 2: the run has positions 0 to 1");
        fleet.ticks();
        assertThat(fleet.state(CANDIDATE).getScored()).isZero();
    }

    @Test
    void resultsOfUnknownRunsAreKeptOnlyUpToABound() {
        for (int position = 0; position < 5; position++) {
            fleet.receives(scored(CANDIDATE, position, 1));
        }

        assertThat(fleet.keysIn("waiting-outcomes")).hasSize(3);
        assertThat(fleet.deadLetters()).hasSize(2);
    }

    @Test
    void resultsOfUnknownRunsAreKeptOnlySoLong() {
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.passes(Duration.ofHours(3));

        assertThat(fleet.keysIn("waiting-outcomes")).isEmpty();
        assertThat(fleet.deadLetters().values())
                .containsExactly("result of run \"req-1/add/new\", position 0: no plan of its run came within PT1H");
    }

    @Test
    void rowsOfARunGoAWeekAfterItsEnd() {
        fleet.plans(plan(CANDIDATE, 1));
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.passes(Duration.ofDays(6));
        assertThat(fleet.keysIn(FirstDelivery.STORE)).hasSize(1);
        assertThat(fleet.keysIn(SamplePairing.STORE)).hasSize(1);
        assertThat(fleet.keysIn("run-progress")).hasSize(1);

        fleet.passes(Duration.ofDays(2));

        for (String store : List.of(
                FirstDelivery.STORE,
                SamplePairing.STORE,
                RequestTotals.STORE,
                "run-progress",
                "run-plans",
                "run-positions",
                "slice-tallies",
                "metric-tallies",
                "ahead-of-prefix")) {
            assertThat(fleet.keysIn(store)).as(store).isEmpty();
        }
    }

    @Test
    void rowsOfAnOpenRunStay() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.ticks();
        fleet.passes(Duration.ofDays(60));

        assertThat(fleet.keysIn(FirstDelivery.STORE)).hasSize(1);
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.RUNNING);
    }

    @Test
    void everyNodeAndStoreIsNamed() {
        TopologyDescription description = fleet.topology().describe();

        assertThat(description.toString()).doesNotContainPattern(GENERATED);
    }

    @Test
    void gaugesGoWhenNothingIsSaidOfThemForAWhile() {
        fleet.plans(plan(CANDIDATE, 1), plan("req-2/add/new", 2));
        fleet.receives(scored(CANDIDATE, 0, 1));
        assertThat(fleet.meters
                        .get("llm.evaluation.score")
                        .tags("model", "new", "task", "add", "metric", "exact_match")
                        .gauge()
                        .value())
                .isEqualTo(1.0);
        assertThat(fleet.meters.get("llm.evaluation.duration").timer().count()).isEqualTo(1);

        fleet.passes(Duration.ofMinutes(20));

        assertThat(fleet.meters.find("llm.evaluation.score").gauges()).isEmpty();
    }
}
