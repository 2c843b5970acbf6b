package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.plan;
import static dev.evalfleet.aggregator.Fixtures.scored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Baselines that are not of the same request.
class EarlierBaselinesTest {
    private static final String EARLIER = Ids.runId("req-0", "add", "old", null);
    private static final String LATER = Ids.runId("req-2", "add", "new", null);

    private final TopologyUnderTest fleet = TopologyUnderTest.start();

    @AfterEach
    void close() {
        fleet.close();
    }

    private static RunPlan against(String baseline, int expected) {
        return RunPlan.newBuilder(plan(LATER, expected))
                .setBaseline(BaselinePlan.newBuilder()
                        .setRunId(baseline)
                        .setPairs(expected)
                        .build())
                .build();
    }

    private static SampleResult later(long position, double score, String pairGroup) {
        return SampleResult.newBuilder(scored(LATER, position, score))
                .setPairGroup(pairGroup)
                .build();
    }

    private void earlierRun() {
        fleet.plans(plan(EARLIER, 2));
        fleet.receives(scored(EARLIER, 0, 1), scored(EARLIER, 1, 1));
        fleet.ticks();
    }

    @Test
    void aCandidateIsPairedWithARunOfAnEarlierRequest() {
        earlierRun();
        fleet.plans(against(EARLIER, 2));
        String group = Ids.externalRun(EARLIER);
        fleet.receives(later(0, 0, group), later(1, 1, group));

        assertThat(fleet.metric(LATER).getPaired().getPairs()).isEqualTo(2);
        assertThat(fleet.metric(LATER).getPaired().getDifference()).isEqualTo(-0.5);
    }

    @Test
    void aCandidateWaitsForARunThatStillGoesOn() {
        fleet.plans(plan(EARLIER, 1), against(EARLIER, 1));
        fleet.receives(later(0, 0, Ids.externalRun(EARLIER)), scored(EARLIER, 0, 1));

        assertThat(fleet.metric(LATER).getPaired().getPairs()).isEqualTo(1);
    }

    @Test
    void aNamedBaselineOutlivesItsRun() {
        earlierRun();
        fleet.controls(Ids.baselineControl("production"), ControlAction.SET_BASELINE, EARLIER);
        fleet.passes(Duration.ofSeconds(10));
        assertThat(fleet.keysIn(FrozenBaselines.STORE)).hasSize(2);
        fleet.passes(Duration.ofDays(8));
        fleet.passes(Duration.ofDays(1));
        assertThat(fleet.keysIn(SamplePairing.STORE)).isEmpty();

        fleet.plans(against(EARLIER, 2));
        String group = Ids.frozenBaseline("production", EARLIER);
        fleet.receives(later(0, 0, group), later(1, 1, group));

        assertThat(fleet.metric(LATER).getPaired().getDifference()).isEqualTo(-0.5);
        assertThat(fleet.metric(LATER).getFolded()).isEqualTo(2);
    }

    @Test
    void aReleasedBaselineIsGone() {
        earlierRun();
        String key = Ids.baselineControl("production");
        fleet.controls(key, ControlAction.SET_BASELINE, EARLIER);
        fleet.passes(Duration.ofSeconds(10));
        fleet.controls(key, ControlAction.RELEASE_BASELINE, "");
        fleet.passes(Duration.ofSeconds(10));

        assertThat(fleet.keysIn(FrozenBaselines.STORE)).isEmpty();
    }

    @Test
    void aNameThatMovesToAnotherRunTakesItsScores() {
        earlierRun();
        String newer = Ids.runId("req-1", "add", "old", null);
        fleet.plans(plan(newer, 1));
        fleet.receives(scored(newer, 0, 0));
        fleet.ticks();
        String key = Ids.baselineControl("production");
        fleet.controls(key, ControlAction.SET_BASELINE, EARLIER);
        fleet.passes(Duration.ofSeconds(10));
        fleet.controls(key, ControlAction.SET_BASELINE, newer);
        fleet.passes(Duration.ofSeconds(10));

        assertThat(fleet.keysIn(FrozenBaselines.STORE)).hasSize(1);
    }
}
