package dev.evalfleet.producer.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.gate.Baselines.Answer;
import dev.evalfleet.producer.gate.Baselines.Earlier;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RetryRequest;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A run of 10 samples: 0 to 5 are scored, 6 failed because of the model, 7 because of the machinery, 8 was lost and 9
/// is scored.
class RetryPlannerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String RUN = "q/task/m";

    private final List<SampleResult> results = new ArrayList<>();
    private RunPlan.Builder plan = RunPlan.newBuilder()
            .setStatus(PlanStatus.ACCEPTED)
            .setRequestId("q")
            .setRunId(RUN)
            .setTask("task")
            .setModel("m")
            .setPool("old")
            .setExpectedSamples(10)
            .setOrderSeed("s:f")
            .setDatasetFingerprint("f")
            .setTaskConfig("{\"task\": \"task\"}")
            .setPlannedAt(NOON.minusSeconds(100));
    private @Nullable RunState state = state(RunStatus.COMPLETED, 7, 1, 2, 0).build();
    private PoolCatalogue pools = new PoolCatalogue(List.of(PoolCatalogue.Pool.of("p", List.of("m"), 4)));
    private Answer baseline = new Answer.Unusable("the run has no outcomes any more");

    RetryPlannerTest() {
        for (long position : List.of(0, 1, 2, 3, 4, 5, 9)) {
            results.add(result(position, null));
        }
        results.add(result(6, FailureKind.MODEL));
        results.add(result(7, FailureKind.INFRASTRUCTURE));
    }

    @Test
    void whatTheMachineryFailedOnOrLostIsAskedAgain() {
        RunPlan retry = planned(false, false);

        assertThat(retry.getRetry().getRunId()).isEqualTo(RUN);
        assertThat(retry.getRetry().getPositions()).containsExactly(7L, 8L);
        assertThat(retry.getRunId()).isEqualTo("again/task/m");
        assertThat(retry.getRequestRuns()).containsExactly("again/task/m");
        assertThat(retry.getExpectedSamples()).isEqualTo(10);
        assertThat(retry.getOrderSeed()).isEqualTo("s:f");
        assertThat(retry.getTaskConfig()).isEqualTo("{\"task\": \"task\"}");
        assertThat(retry.getPool()).isEqualTo("p");
        assertThat(retry.getPlannedAt()).isEqualTo(NOON);
    }

    @Test
    void modelFailuresAreAskedAgainOnRequest() {
        assertThat(planned(true, false).getRetry().getPositions()).containsExactly(6L, 7L, 8L);
    }

    @Test
    void aRunThatIsNotOverIsRefused() {
        state = state(RunStatus.RUNNING, 6, 0, 0, 0).setFinishedAt(null).build();
        assertThat(refused(false, false))
                .isEqualTo("the run \"q/task/m\" is not over yet: 6 of 10 samples have an outcome; wait for its end, or"
                        + " cancel it first");
    }

    @Test
    void aRunThatIsNotThereIsRefusedWithTheNearest() {
        RetryPlanner planner = planner();
        var outcome = planner.plan(request(new RetryRequest("q/task/n", false, false)));
        assertThat(reason(outcome)).startsWith("there is no run \"q/task/n\"").contains(RUN);
    }

    @Test
    void aStoppedRunIsRefusedUnlessItsCancelledSamplesAreWanted() {
        state = state(RunStatus.CANCELLED, 7, 1, 1, 1).build();
        assertThat(refused(false, false)).contains("was stopped (cancelled) with 1 samples never asked", "--cancelled");

        assertThat(planned(false, true).getRetry().getPositions()).containsExactly(7L, 8L);
    }

    @Test
    void aRunWithoutFailuresIsRefused() {
        results.removeIf(result -> result.getStatus() == SampleStatus.FAILED);
        for (long position : List.of(7, 8)) {
            results.add(result(position, null));
        }
        results.add(result(6, FailureKind.MODEL));
        state = state(RunStatus.COMPLETED, 9, 1, 0, 0).build();

        assertThat(refused(false, false))
                .isEqualTo(
                        "the run \"q/task/m\" has no sample to ask again: 9 of 10 are scored, 1 failed because of the"
                                + " model; ask those with 'modelFailures' (--model-failures)");
    }

    @Test
    void aRunWhoseResultsAreGoneIsRefused() {
        results.removeIf(result -> result.getPosition() < 3);

        assertThat(refused(false, false)).contains("was closed with 8 results of which only 5 are still");
    }

    @Test
    void aRunWhoseModelNobodyServesAnyMoreIsRefused() {
        pools = new PoolCatalogue(List.of(PoolCatalogue.Pool.of("p", List.of("other"), 4)));

        assertThat(refused(false, false)).contains("no pool serves the model \"m\"", "other");
    }

    @Test
    void itIsComparedWithTheSameBaselineWhichIsOutsideItsRequestNow() {
        plan.setBaseline(BaselinePlan.newBuilder()
                        .setRunId("q/task/base")
                        .setPairs(10)
                        .build())
                .setGates(Gates.newBuilder().build());
        baseline = new Answer.Found(new Earlier("q/task/base", null, "task", "f", 10, 9));

        RunPlan retry = planned(false, false);

        assertThat(retry.getPairGroup()).isEqualTo("run:q/task/base");
        assertThat(retry.getBaseline().getPairs()).isEqualTo(9);
        assertThat(retry.getGates()).isNotNull();
    }

    @Test
    void whereTheBaselineIsGoneItGoesOnWithoutGatesAndSaysSo() {
        plan.setBaseline(BaselinePlan.newBuilder()
                        .setRunId("q/task/base")
                        .setPairs(10)
                        .build())
                .setGates(Gates.newBuilder().build());

        RunPlan retry = planned(false, false);

        assertThat(retry.getBaseline()).isNull();
        assertThat(retry.getGates()).isNull();
        assertThat(retry.getWarnings()).singleElement().satisfies(warning -> assertThat(warning.getMessage())
                .isEqualTo("is not compared and has no gates: the run has no outcomes any more"));
    }

    @Test
    void anOutcomeThatIsTakenOverNamesTheRunThatAskedTheModel() {
        RunPlan retry = planned(false, false);

        SampleResult kept = KeptOutcomes.kept(result(3, null), retry);
        assertThat(kept.getRunId()).isEqualTo("again/task/m");
        assertThat(kept.getRequestId()).isEqualTo("again");
        assertThat(kept.getScoredBy()).isEqualTo(RUN);
        assertThat(KeptOutcomes.kept(
                                kept,
                                RunPlan.newBuilder(retry)
                                        .setRunId("third/task/m")
                                        .build())
                        .getScoredBy())
                .isEqualTo(RUN);
    }

    private RunPlan planned(boolean modelFailures, boolean cancelled) {
        var outcome = planner().plan(request(new RetryRequest(RUN, modelFailures, cancelled)));
        assertThat(outcome).isInstanceOf(RetryPlanner.Outcome.Planned.class);
        return ((RetryPlanner.Outcome.Planned) outcome).plan();
    }

    private String refused(boolean modelFailures, boolean cancelled) {
        return reason(planner().plan(request(new RetryRequest(RUN, modelFailures, cancelled))));
    }

    private static String reason(RetryPlanner.Outcome outcome) {
        assertThat(outcome).isInstanceOf(RetryPlanner.Outcome.Refused.class);
        return ((RetryPlanner.Outcome.Refused) outcome).problems().getFirst().getMessage();
    }

    private RetryPlanner planner() {
        Baselines baselines = _ -> baseline;
        EndedRuns runs = new EndedRuns() {
            @Override
            public Found find(String runId) {
                return runId.equals(RUN)
                        ? new Found(plan.build(), state, Set.of(RUN))
                        : new Found(null, null, Set.of(RUN));
            }

            @Override
            public void results(RunState run, Consumer<SampleResult> then) {
                results.forEach(then);
            }
        };
        return new RetryPlanner(runs, pools, baselines, InstantSource.fixed(NOON));
    }

    private static EvalRequest request(RetryRequest retry) {
        return EvalRequest.newBuilder()
                .setRequestId("again")
                .setTasks(List.of("task"))
                .setModels(List.of("m"))
                .setRetry(retry)
                .build();
    }

    private static RunState.Builder state(RunStatus status, long scored, long model, long machinery, long cancelled) {
        return RunState.newBuilder()
                .setId(RUN)
                .setKind(StateKind.RUN)
                .setRequestId("q")
                .setStatus(status)
                .setExpected(10)
                .setScored(scored)
                .setFailedModel(model)
                .setFailedInfrastructure(machinery)
                .setCancelled(cancelled)
                .setUsage(Usage.newBuilder().build())
                .setFinishedAt(NOON)
                .setUpdatedAt(NOON);
    }

    private static SampleResult result(long position, @Nullable FailureKind failure) {
        return SampleResult.newBuilder()
                .setRunId(RUN)
                .setRequestId("q")
                .setTask("task")
                .setModel("m")
                .setDocumentId("d" + position)
                .setDocIndex(position)
                .setPosition(position)
                .setPairGroup("")
                .setDatasetFingerprint("f")
                .setRequestType(RequestType.GENERATE_UNTIL)
                .setStatus(failure == null ? SampleStatus.SCORED : SampleStatus.FAILED)
                .setFailure(failure == null ? null : new Failure(failure, "why", "code"))
                .setCompletedAt(NOON)
                .build();
    }
}
