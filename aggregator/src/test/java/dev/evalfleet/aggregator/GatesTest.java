package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.BASELINE;
import static dev.evalfleet.aggregator.Fixtures.CANDIDATE;
import static dev.evalfleet.aggregator.Fixtures.REQUEST;
import static dev.evalfleet.aggregator.Fixtures.compared;
import static dev.evalfleet.aggregator.Fixtures.failed;
import static dev.evalfleet.aggregator.Fixtures.plan;
import static dev.evalfleet.aggregator.Fixtures.scored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.aggregator.watch.MetricWatch;
import dev.evalfleet.aggregator.watch.Watches;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is decided while a run goes on.
class GatesTest {
    private static final List<String> BOTH = List.of(BASELINE, CANDIDATE);

    private final TopologyUnderTest fleet = TopologyUnderTest.start();

    @AfterEach
    void close() {
        fleet.close();
    }

    private static Gates.Builder maxRegression(double drop) {
        return Gates.newBuilder().setMaxRegression(Map.of("exact_match", drop));
    }

    private static RunPlan gated(RunPlan plan, Gates.Builder gates) {
        return RunPlan.newBuilder(plan).setGates(gates.build()).build();
    }

    private void plans(int expected, Gates.Builder gates) {
        fleet.plans(
                compared(BASELINE, expected, BASELINE, BOTH),
                gated(compared(CANDIDATE, expected, BASELINE, BOTH), gates));
    }

    private void pairs(int from, int to, double candidate, double baseline, String... slices) {
        for (int position = from; position < to; position++) {
            fleet.receives(
                    scored(BASELINE, position, baseline, slices), scored(CANDIDATE, position, candidate, slices));
        }
    }

    private List<Alert> alerts(AlertKind kind) {
        return fleet.alerts().stream().filter(alert -> alert.getKind() == kind).toList();
    }

    @Test
    void aRegressionIsAlertedOnceWithoutAnyGate() {
        fleet.plans(compared(BASELINE, 100, BASELINE, BOTH), compared(CANDIDATE, 100, BASELINE, BOTH));
        pairs(0, 60, 0, 1);
        fleet.ticks();
        pairs(60, 100, 0, 1);
        fleet.ticks();

        assertThat(alerts(AlertKind.REGRESSION)).singleElement().satisfies(alert -> {
            assertThat(alert.getRunId()).isEqualTo(CANDIDATE);
            assertThat(alert.getMetric()).isEqualTo("exact_match");
            assertThat(alert.getSlice()).isEmpty();
            assertThat(alert.getClaim()).isEqualTo(Claim.POPULATION);
            assertThat(alert.getEValue()).isGreaterThanOrEqualTo(20);
            assertThat(alert.getDifference()).isEqualTo(-1);
            assertThat(alert.getMessage()).startsWith("add on new: exact_match is worse than with old, by -1 so far");
        });
        assertThat(fleet.state(CANDIDATE).getVerdict()).isNull();
    }

    @Test
    void aFailedGateStopsTheRunOnce() {
        plans(1000, maxRegression(0.02).setStopEarly(StopEarly.ON_FAIL));
        fleet.dispatched(CANDIDATE, 60);
        pairs(0, 50, 0, 1);

        assertThat(fleet.asked()).singleElement().satisfies(control -> {
            assertThat(control.getId()).isEqualTo(CANDIDATE);
            assertThat(control.getAction()).isEqualTo(ControlAction.STOP_EARLY);
            assertThat(control.getBy()).isEqualTo("aggregator");
        });
        fleet.ticks();
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.RUNNING); // what is in flight still counts

        fleet.passes(Duration.ofSeconds(2));

        RunState state = fleet.state(CANDIDATE);
        assertThat(state.getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
        assertThat(state.getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(state.getVerdict().getClaim()).isEqualTo(Claim.DATASET);
        assertThat(state.getVerdict().getN()).isLessThanOrEqualTo(50);
        assertThat(state.getVerdict().getExpected()).isEqualTo(1000);
        assertThat(state.getVerdict().getUpper()).isLessThanOrEqualTo(-0.02);
        assertThat(state.getVerdict().getReason()).startsWith("exact_match falls by more than 0.02 against old");
        assertThat(state.getCancelled()).isEqualTo(950);
        assertThat(state.getSaved()).isEqualTo(940);
        assertThat(alerts(AlertKind.GATE_FAILED)).hasSize(1);
    }

    @Test
    void aBaselineNobodyNeedsAnyMoreIsStoppedToo() {
        plans(1000, maxRegression(0.02).setStopEarly(StopEarly.ON_FAIL));
        pairs(0, 50, 0, 1);
        fleet.passes(Duration.ofSeconds(2));
        fleet.passes(Duration.ofSeconds(2));

        assertThat(fleet.asked()).extracting(control -> control.getId()).containsExactly(CANDIDATE, BASELINE);
        assertThat(fleet.state(BASELINE).getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
        assertThat(fleet.state(REQUEST).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
    }

    @Test
    void aBaselineThatAnAggregatorBeforeAskedToStopIsNotAskedAgain() {
        plans(1000, maxRegression(0.02).setStopEarly(StopEarly.ON_FAIL));
        pairs(0, 50, 0, 1);
        fleet.controls(BASELINE, ControlAction.STOP_EARLY, "every run compared with it was stopped early");
        fleet.passes(Duration.ofSeconds(2));
        fleet.passes(Duration.ofSeconds(2));

        assertThat(fleet.asked()).extracting(control -> control.getId()).containsExactly(CANDIDATE);
        assertThat(fleet.state(BASELINE).getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
    }

    @Test
    void anEqualModelPassesEarlyWhereThatIsAskedFor() {
        plans(300, maxRegression(0.05).setStopEarly(StopEarly.ON_VERDICT));
        pairs(0, 200, 1, 1);
        fleet.passes(Duration.ofSeconds(2));

        RunState state = fleet.state(CANDIDATE);
        assertThat(state.getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
        assertThat(state.getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
        assertThat(state.getVerdict().getLower()).isGreaterThanOrEqualTo(-0.05);
        assertThat(alerts(AlertKind.REGRESSION)).isEmpty();
    }

    @Test
    void aPassDoesNotStopARunThatStopsOnFailure() {
        plans(100, maxRegression(0.05).setStopEarly(StopEarly.ON_FAIL));
        pairs(0, 100, 1, 1);
        fleet.ticks();

        assertThat(fleet.asked()).isEmpty();
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
        assertThat(fleet.state(REQUEST).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
    }

    @Test
    void anAbsoluteGateNeedsNoBaseline() {
        fleet.plans(gated(plan(CANDIDATE, 100), Gates.newBuilder().setMin(Map.of("exact_match", 0.65))));
        for (int position = 0; position < 100; position++) {
            fleet.receives(scored(CANDIDATE, position, position % 2));
        }

        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(fleet.state(CANDIDATE).getVerdict().getReason()).startsWith("exact_match is below 0.65: certain");
        assertThat(fleet.metric(CANDIDATE).getFolded()).isEqualTo(100);
        assertThat(fleet.metric(CANDIDATE).getLower()).isBetween(0.4, 0.5);
        assertThat(fleet.metric(CANDIDATE).getUpper()).isBetween(0.5, 0.6);
    }

    @Test
    void lowerIsBetterTurnsTheGateAround() {
        RunPlan plan = plan(CANDIDATE, 60);
        RunPlan lower = RunPlan.newBuilder(gated(plan, Gates.newBuilder().setMin(Map.of("exact_match", 0.3))))
                .setMetrics(List.of(MetricPlan.newBuilder(Fixtures.exactMatch())
                        .setHigherIsBetter(false)
                        .build()))
                .build();
        fleet.plans(lower);
        for (int position = 0; position < 60; position++) {
            fleet.receives(scored(CANDIDATE, position, position % 2));
        }

        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(fleet.state(CANDIDATE).getVerdict().getReason()).startsWith("exact_match is above 0.3");
        assertThat(fleet.state(CANDIDATE).getVerdict().getLower()).isBetween(0.3, 0.5);
    }

    @Test
    void tooManyUnresolvedSamplesMakeAVerdictIncomplete() {
        plans(100, maxRegression(0.05));
        pairs(0, 95, 1, 1);
        for (int position = 95; position < 100; position++) {
            fleet.receives(
                    scored(BASELINE, position, 1),
                    failed(CANDIDATE, position, FailureKind.INFRASTRUCTURE, "connection"));
        }

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.INCOMPLETE);
        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.INCOMPLETE);
    }

    @Test
    void aHoleHoldsThePrefixUpButNotACertainVerdict() {
        plans(1000, maxRegression(0.02).setStopEarly(StopEarly.ON_FAIL));
        pairs(1, 80, 0, 1);
        fleet.ticks();

        assertThat(fleet.metric(CANDIDATE).getFolded()).isZero();
        assertThat(fleet.asked()).hasSize(1);
        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
    }

    @Test
    void anyOrderOfArrivalGivesTheSameBytes() {
        List<SampleResult> results = new ArrayList<>();
        Random random = new Random(7);
        for (int position = 0; position < 60; position++) {
            results.add(scored(BASELINE, position, random.nextInt(10) < 8 ? 1 : 0, "level=" + position % 3));
            results.add(
                    position % 40 == 7
                            ? failed(CANDIDATE, position, FailureKind.INFRASTRUCTURE, "connection")
                            : scored(CANDIDATE, position, random.nextInt(10) < 7 ? 1 : 0, "level=" + position % 3));
        }
        Map<String, String> inOrder = gateState(results);
        for (int seed = 0; seed < 2; seed++) {
            List<SampleResult> shuffled = new ArrayList<>(results);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.addAll(shuffled.subList(0, 30));
            assertThat(gateState(shuffled)).isEqualTo(inOrder).hasSize(8);
        }
    }

    private static Map<String, String> gateState(List<SampleResult> results) {
        try (TopologyUnderTest other = TopologyUnderTest.start()) {
            Map<String, Long> sizes = Map.of("level=0", 40L, "level=1", 40L, "level=2", 40L);
            other.plans(
                    Fixtures.sliced(compared(BASELINE, 60, BASELINE, BOTH), sizes),
                    Fixtures.sliced(gated(compared(CANDIDATE, 60, BASELINE, BOTH), maxRegression(0.05)), sizes));
            results.forEach(other::receives);
            return other.bytes(Watches.METRICS, MetricWatch.CODEC);
        }
    }

    @Test
    void slicesAreAFamily() {
        Map<String, Long> sizes = Map.of("level=easy", 60L, "level=hard", 60L);
        fleet.plans(
                Fixtures.sliced(compared(BASELINE, 120, BASELINE, BOTH), sizes),
                Fixtures.sliced(
                        gated(
                                compared(CANDIDATE, 120, BASELINE, BOTH),
                                maxRegression(0.5).setSlices(List.of("level"))),
                        sizes));
        pairs(0, 60, 1, 1, "level=easy");
        pairs(60, 120, 0, 1, "level=hard");
        fleet.ticks();

        assertThat(alerts(AlertKind.REGRESSION))
                .extracting(Alert::getSlice)
                .contains("level=hard", "*")
                .doesNotContain("level=easy")
                .doesNotHaveDuplicates();
    }

    @Test
    void aRequestIsAsGoodAsItsWorstRun() {
        String other = Fixtures.run("other");
        List<String> three = List.of(BASELINE, CANDIDATE, other);
        fleet.plans(
                compared(BASELINE, 60, BASELINE, three),
                gated(compared(CANDIDATE, 60, BASELINE, three), maxRegression(0.1)),
                gated(compared(other, 60, BASELINE, three), maxRegression(0.1)));
        for (int position = 0; position < 60; position++) {
            fleet.receives(scored(BASELINE, position, 1), scored(CANDIDATE, position, 1), scored(other, position, 0));
        }
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
        assertThat(fleet.state(other).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(fleet.state(REQUEST).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
        assertThat(fleet.state(REQUEST).getVerdict().getReason()).startsWith("1 of 2 gated runs FAIL; add/other: ");
    }

    @Test
    void manyFailuresAreAlerted() {
        fleet.plans(plan(CANDIDATE, 100));
        for (int position = 0; position < 60; position++) {
            fleet.receives(
                    position % 2 == 0
                            ? scored(CANDIDATE, position, 1)
                            : failed(CANDIDATE, position, FailureKind.MODEL, "refused"));
        }
        fleet.ticks();
        fleet.ticks();

        assertThat(alerts(AlertKind.FAILURE_RATE)).singleElement().satisfies(alert -> assertThat(alert.getMessage())
                .isEqualTo("add on new: 30 of 60 samples failed"));
    }

    @Test
    void aStandstillIsAlertedOnceUntilSomethingComes() {
        fleet.plans(plan(CANDIDATE, 100));
        fleet.dispatched(CANDIDATE, 10);
        fleet.passes(Duration.ofMinutes(6));
        fleet.passes(Duration.ofMinutes(6));
        assertThat(alerts(AlertKind.STALLED)).hasSize(1);

        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.passes(Duration.ofMinutes(6));

        assertThat(alerts(AlertKind.STALLED)).hasSize(2);
    }

    @Test
    void aSampleWithoutItsBaselinesAnswerDoesNotHoldTheRestUp() {
        plans(60, maxRegression(0.1));
        pairs(1, 60, 1, 1);
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.dispatched(BASELINE, 60, 0L);
        assertThat(fleet.metric(CANDIDATE).getFolded()).isZero();

        fleet.passes(Duration.ofSeconds(15));

        assertThat(fleet.metric(CANDIDATE).getFolded()).isEqualTo(60);
        assertThat(fleet.state(CANDIDATE).getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
    }
}
