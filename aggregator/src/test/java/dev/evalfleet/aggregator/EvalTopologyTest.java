package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.BASELINE;
import static dev.evalfleet.aggregator.Fixtures.CANDIDATE;
import static dev.evalfleet.aggregator.Fixtures.REQUEST;
import static dev.evalfleet.aggregator.Fixtures.START;
import static dev.evalfleet.aggregator.Fixtures.compared;
import static dev.evalfleet.aggregator.Fixtures.failed;
import static dev.evalfleet.aggregator.Fixtures.plan;
import static dev.evalfleet.aggregator.Fixtures.scored;
import static dev.evalfleet.aggregator.Fixtures.sliced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.FailureCount;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Score;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvalTopologyTest {
    private static final List<String> BOTH = List.of(BASELINE, CANDIDATE);

    private final TopologyUnderTest fleet = TopologyUnderTest.start();

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aRedeliveredSampleCountsOnce() {
        fleet.plans(plan(CANDIDATE, 3));
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 0, 1), scored(CANDIDATE, 1, 0));
        fleet.ticks();

        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(2);
        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(0.5);
        assertThat(fleet.state(CANDIDATE).getDuplicates()).isEqualTo(1);
    }

    @Test
    void aPlannedRunIsSaidBeforeItsFirstResult() {
        fleet.plans(plan(CANDIDATE, 3));
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.PLANNED);
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.PLANNED);
    }

    @Test
    void aRunCompletesWhenEverySampleHasAnOutcome() {
        fleet.plans(plan(CANDIDATE, 2));
        fleet.receives(scored(CANDIDATE, 1, 1));
        fleet.ticks();
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.RUNNING);

        fleet.receives(failed(CANDIDATE, 0, FailureKind.MODEL, "refused"));

        // At once, without a tick.
        RunState state = fleet.state(CANDIDATE);
        assertThat(state.getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(state.getScored()).isEqualTo(1);
        assertThat(state.getFailedModel()).isEqualTo(1);
        assertThat(state.getCancelled()).isZero();
        assertThat(state.getFinishedAt()).isNotNull();
        assertThat(fleet.metric(CANDIDATE).getCompleted()).isTrue();
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void outcomesWaitForTheirPlan() {
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 1, 0));
        fleet.ticks();
        assertThat(fleet.saidOf(CANDIDATE)).isFalse();

        fleet.plans(plan(CANDIDATE, 2));

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(2);
        assertThat(fleet.keysIn("waiting-outcomes")).isEmpty();
    }

    @Test
    void modelFailuresScoreZero() {
        fleet.plans(plan(CANDIDATE, 4));
        fleet.receives(scored(CANDIDATE, 0, 1), failed(CANDIDATE, 1, FailureKind.MODEL, "context_length"));
        fleet.ticks();

        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(2);
        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(0.5);
        assertThat(fleet.metric(CANDIDATE).getFailedModel()).isEqualTo(1);
    }

    @Test
    void infrastructureFailuresAreLeftOutAndCounted() {
        fleet.plans(plan(CANDIDATE, 4));
        fleet.receives(scored(CANDIDATE, 0, 1), failed(CANDIDATE, 1, FailureKind.INFRASTRUCTURE, "timeout"));
        fleet.ticks();

        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(1);
        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(1.0);
        assertThat(fleet.metric(CANDIDATE).getFailedInfrastructure()).isEqualTo(1);
    }

    @Test
    void moreThanTwoPercentLostToInfrastructureIsIncomplete() {
        fleet.plans(plan(CANDIDATE, 40));
        for (int position = 1; position < 40; position++) {
            fleet.receives(scored(CANDIDATE, position, 1));
        }
        fleet.receives(failed(CANDIDATE, 0, FailureKind.INFRASTRUCTURE, "timeout"));

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.INCOMPLETE);
        assertThat(fleet.state(CANDIDATE).getStatusReason())
                .isEqualTo("1 of 40 samples failed for reasons outside the model (timeout 1), more than 2 %");
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.INCOMPLETE);
    }

    @Test
    void failuresAreToldByCauseWithAnExampleOfEach() {
        fleet.plans(plan(CANDIDATE, 10));
        fleet.receives(
                failed(CANDIDATE, 0, FailureKind.MODEL, "refused"),
                failed(CANDIDATE, 1, FailureKind.INFRASTRUCTURE, "timeout"),
                failed(CANDIDATE, 2, FailureKind.INFRASTRUCTURE, "timeout"),
                scored(CANDIDATE, 3, 1));
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getFailures())
                .containsExactly(
                        new FailureCount(FailureKind.INFRASTRUCTURE, "timeout", 2L, "it did not work"),
                        new FailureCount(FailureKind.MODEL, "refused", 1L, "it did not work"));
    }

    @Test
    void baselineMayArriveAfterTheCandidate() {
        fleet.plans(compared(BASELINE, 2, BASELINE, BOTH), compared(CANDIDATE, 2, BASELINE, BOTH));
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 1, 0));
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.metric(CANDIDATE).getPaired()).isNull();

        fleet.receives(scored(BASELINE, 1, 1), scored(BASELINE, 0, 1));

        PairedMetric paired = fleet.metric(CANDIDATE).getPaired();
        assertThat(paired.getPairs()).isEqualTo(2);
        assertThat(paired.getDifference()).isEqualTo(-0.5);
        assertThat(paired.getLosses()).isEqualTo(1);
        assertThat(paired.getGains()).isZero();
        assertThat(paired.getMcnemarP()).isEqualTo(1.0);
        assertThat(paired.getStandardError()).isEqualTo(0.5, within(1e-12));
        assertThat(fleet.metric(BASELINE).getPaired()).isNull();
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void manyCandidatesShareABaseline() {
        String other = Fixtures.run("other");
        List<String> runs = List.of(BASELINE, CANDIDATE, other);
        fleet.plans(
                compared(BASELINE, 1, BASELINE, runs),
                compared(CANDIDATE, 1, BASELINE, runs),
                compared(other, 1, BASELINE, runs));
        fleet.receives(scored(CANDIDATE, 0, 0), scored(BASELINE, 0, 1), scored(other, 0, 1));

        assertThat(fleet.metric(CANDIDATE).getPaired().getDifference()).isEqualTo(-1);
        assertThat(fleet.metric(other).getPaired().getDifference()).isZero();
    }

    @Test
    void aPairWithoutOneSideIsLeftOut() {
        fleet.plans(compared(BASELINE, 2, BASELINE, BOTH), compared(CANDIDATE, 2, BASELINE, BOTH));
        fleet.receives(
                scored(BASELINE, 0, 1),
                failed(BASELINE, 1, FailureKind.INFRASTRUCTURE, "timeout"),
                failed(CANDIDATE, 0, FailureKind.MODEL, "refused"),
                scored(CANDIDATE, 1, 1));

        // The refusal counts as 0; the sample the baseline has no answer to does not count.
        assertThat(fleet.metric(CANDIDATE).getPaired().getPairs()).isEqualTo(1);
        assertThat(fleet.metric(CANDIDATE).getPaired().getDifference()).isEqualTo(-1);
    }

    @Test
    void aRequestEndsWithItsLastPairNotBefore() {
        fleet.plans(compared(BASELINE, 1, BASELINE, BOTH), compared(CANDIDATE, 1, BASELINE, BOTH));
        fleet.receives(scored(CANDIDATE, 0, 1));
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.RUNNING);

        fleet.receives(scored(BASELINE, 0, 1));

        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.metric(CANDIDATE).getPaired().getPairs()).isEqualTo(1);
    }

    @Test
    void aRequestDoesNotWaitForPairsThatWereLost() {
        fleet.plans(compared(BASELINE, 1, BASELINE, BOTH), compared(CANDIDATE, 1, BASELINE, BOTH));
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.dispatched(BASELINE, 1, 0L);
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.RUNNING);

        fleet.passes(Duration.ofSeconds(3));

        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.INCOMPLETE);
        assertThat(fleet.state(REQUEST).getStatusReason()).isEqualTo("1 of 2 runs INCOMPLETE");
    }

    @Test
    void slicesHaveTheirOwnMetrics() {
        fleet.plans(sliced(plan(CANDIDATE, 3), Map.of("level=easy", 2L, "level=hard", 1L)));
        fleet.receives(
                scored(CANDIDATE, 0, 1, "level=easy"),
                scored(CANDIDATE, 1, 0, "level=hard", "unknown=slice"),
                scored(CANDIDATE, 2, 1, "level=easy"));

        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(3);
        assertThat(fleet.metric(CANDIDATE, "level=easy").getValue()).isEqualTo(1.0);
        assertThat(fleet.metric(CANDIDATE, "level=easy").getExpected()).isEqualTo(2);
        assertThat(fleet.metric(CANDIDATE, "level=hard").getValue()).isZero();
        assertThat(fleet.saidOf(CANDIDATE, "unknown=slice")).isFalse();
    }

    @Test
    void cancelledRunsFixTheirCancelledCount() {
        fleet.plans(plan(CANDIDATE, 5));
        fleet.receives(scored(CANDIDATE, 0, 1), scored(CANDIDATE, 1, 1));
        fleet.controls(CANDIDATE, ControlAction.CANCEL);
        fleet.ticks();
        fleet.receives(scored(CANDIDATE, 2, 1));
        fleet.ticks();

        RunState state = fleet.state(CANDIDATE);
        assertThat(state.getStatus()).isEqualTo(RunStatus.CANCELLED);
        assertThat(state.getStatusReason()).isEqualTo("enough seen, by kim");
        assertThat(state.getCancelled()).isEqualTo(3);
        assertThat(state.getScored()).isEqualTo(2);
        assertThat(state.getLate()).isEqualTo(1);
        assertThat(fleet.metric(CANDIDATE).getN()).isEqualTo(2);
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void aCancelledRequestCancelsItsOpenRuns() {
        fleet.plans(compared(BASELINE, 1, BASELINE, BOTH), compared(CANDIDATE, 1, BASELINE, BOTH));
        fleet.receives(scored(BASELINE, 0, 1));
        fleet.controls(REQUEST, ControlAction.LIMIT_REACHED);
        fleet.ticks();

        assertThat(fleet.state(BASELINE).getStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.LIMIT_REACHED);
        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.LIMIT_REACHED);
    }

    @Test
    void aRunCancelledBeforeItsPlanIsCancelled() {
        fleet.controls(CANDIDATE, ControlAction.STOP_EARLY);
        fleet.plans(plan(CANDIDATE, 5));
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
        assertThat(fleet.state(CANDIDATE).getCancelled()).isEqualTo(5);
    }

    @Test
    void aRejectedRequestSaysWhy() {
        RunPlan rejected = RunPlan.newBuilder(plan(CANDIDATE, 0))
                .setStatus(PlanStatus.REJECTED)
                .setRunId(REQUEST)
                .setProblems(List.of(Problem.newBuilder()
                        .setWhere("add.yaml:3 metric_list")
                        .setMessage("unknown metric")
                        .build()))
                .build();
        fleet.plans(rejected);

        assertThat(fleet.state(REQUEST).getStatus()).isEqualTo(RunStatus.REJECTED);
        assertThat(fleet.state(REQUEST).getProblems()).hasSize(1);
    }

    @Test
    void timesOfTheFirstAndLastResultAreThoseOfTheRecords() {
        fleet.plans(plan(CANDIDATE, 3));
        fleet.receives(scored(CANDIDATE, 0, 1), START.plusSeconds(7));
        fleet.receives(scored(CANDIDATE, 1, 1), START.plusSeconds(5));
        fleet.ticks();

        assertThat(fleet.state(CANDIDATE).getFirstResultAt()).isEqualTo(START.plusSeconds(5));
        assertThat(fleet.state(CANDIDATE).getLastResultAt()).isEqualTo(START.plusSeconds(7));
    }

    @Test
    void samplesGiveUsageAndQuantiles() {
        fleet.plans(RunPlan.newBuilder(plan(CANDIDATE, 200))
                .setPromptTokenPrice(2.0)
                .setOutputTokenPrice(4.0)
                .build());
        for (int position = 0; position < 200; position++) {
            fleet.receives(Fixtures.result(CANDIDATE, position)
                    .setLatencyMs(position + 1)
                    .setTimeToFirstTokenMs(0.5)
                    .setScores(List.of(Fixtures.score("exact_match", position % 2)))
                    .build());
        }

        var usage = fleet.metric(CANDIDATE).getUsage();
        assertThat(usage.getPromptTokens()).isEqualTo(2_000);
        assertThat(usage.getOutputTokens()).isEqualTo(1_000);
        assertThat(usage.getCost()).isEqualTo(0.008);
        assertThat(usage.getLatencyP50Ms()).isEqualTo(100, within(1.0));
        assertThat(usage.getLatencyP99Ms()).isEqualTo(198, within(2.0));
        assertThat(usage.getTimeToFirstTokenP95Ms()).isEqualTo(0.5, within(0.01));
    }

    @Test
    void corpusMetricsFollowFromTheirStatistics() {
        MetricPlan perplexity = MetricPlan.newBuilder()
                .setMetric("exact_match")
                .setFilter("none")
                .setAggregation("weighted_perplexity")
                .setHigherIsBetter(false)
                .build();
        fleet.plans(RunPlan.newBuilder(plan(CANDIDATE, 2))
                .setMetrics(List.of(perplexity))
                .build());
        for (int position = 0; position < 2; position++) {
            Score score = Score.newBuilder(Fixtures.score("exact_match", -10.0))
                    .setStatistics(List.of(-10.0, 4.0 + position))
                    .build();
            fleet.receives(Fixtures.result(CANDIDATE, position)
                    .setScores(List.of(score))
                    .build());
        }

        assertThat(fleet.metric(CANDIDATE).getValue()).isEqualTo(Math.exp(20.0 / 9), within(1e-12));
        assertThat(fleet.metric(CANDIDATE).getStandardError()).isNull();
    }

    @Test
    void idleRunsSayNothing() {
        fleet.plans(plan(CANDIDATE, 3));
        fleet.receives(scored(CANDIDATE, 0, 1));
        fleet.passes(Duration.ofSeconds(4)); // what is missing is said once
        fleet.writes();

        fleet.passes(Duration.ofMinutes(10));

        assertThat(fleet.writes()).isEmpty();
    }
}
