package dev.evalfleet.producer.dispatch.run;

import static dev.evalfleet.producer.dispatch.TestRuns.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.TestRuns;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StopEarly;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunBookTest {
    private final List<String> closed = new ArrayList<>();
    private final RunBook book = new RunBook(run -> closed.add(run.id()));

    @Test
    void aRunIsOpenFromItsPlanUntilItsLastState() {
        book.plan(plan("q/a"), NOON);
        book.state(TestRuns.state("q/a", RunStatus.RUNNING).build(), NOON);
        assertThat(ids()).containsExactly("q/a");

        book.state(TestRuns.state("q/a", RunStatus.COMPLETED).build(), NOON);
        assertThat(ids()).isEmpty();
        assertThat(closed).containsExactly("q/a");
    }

    @Test
    void theOrderInWhichTopicsAreReadDoesNotMatter() {
        book.state(TestRuns.state("q/a", RunStatus.COMPLETED).build(), NOON);
        book.control(TestRuns.cancel("q/b"));
        book.cursor(cursor("q/c", 3));
        book.plan(plan("q/a"), NOON);
        book.plan(plan("q/b"), NOON);
        book.plan(plan("q/c"), NOON);

        assertThat(ids()).containsExactly("q/c");
        assertThat(book.open().iterator().next().next()).isEqualTo(3);
    }

    @Test
    void aRequestIsCancelledWithAllItsRuns() {
        book.plan(plan("q/a"), NOON);
        book.plan(plan("q/b"), NOON);
        book.plan(plan("other/a"), NOON);

        book.control(TestRuns.cancel("q"));

        assertThat(ids()).containsExactly("other/a");
        assertThat(closed).containsExactly("q/a", "q/b");
    }

    @Test
    void aRefusedRequestHasNothingToDispatch() {
        book.plan(
                TestRuns.plan("q/a", "p", 0)
                        .setStatus(PlanStatus.REJECTED)
                        .setRunId("q")
                        .build(),
                NOON);

        assertThat(ids()).isEmpty();
    }

    @Test
    void theSamePlanAgainDoesNotStartAgain() {
        book.plan(plan("q/a"), NOON);
        book.open().iterator().next().take();
        book.plan(plan("q/a"), NOON);

        assertThat(book.open().iterator().next().next()).isEqualTo(1);
    }

    @Test
    void aGatedCandidateLeadsItsBaselineByOneWindowAtMost() {
        book.plan(plan("q/base"), NOON);
        book.plan(TestRuns.gated("q/cand", "q/base", "p", 100).build(), NOON);
        DispatchRun base = run("q/base");
        DispatchRun candidate = run("q/cand");

        assertThat(book.limit(candidate, 16)).isEqualTo(16);
        base.take();
        base.take();
        assertThat(book.limit(candidate, 16)).isEqualTo(18);
        assertThat(book.limit(base, 16)).isEqualTo(100);
    }

    @Test
    void aGatedCandidateWaitsForTheBaselineOfItsRequest() {
        book.plan(TestRuns.gated("q/cand", "q/base", "p", 100).build(), NOON);
        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(16);

        book.state(TestRuns.state("q/base", RunStatus.COMPLETED).build(), NOON);
        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(32);
    }

    @Test
    void aCandidateOfACancelledBaselineDoesNotWaitForIt() {
        book.control(TestRuns.cancel("q/base"));
        book.plan(TestRuns.gated("q/cand", "q/base", "p", 100).build(), NOON);
        book.plan(plan("q/base"), NOON);

        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(32);
    }

    @Test
    void aRunThatMayBeStoppedIsTwoWindowsAheadOfWhatIsCountedAtMost() {
        RunState counted = TestRuns.state("q/cand", RunStatus.RUNNING)
                .setScored(5)
                .setFailedModel(2)
                .setFailedInfrastructure(1)
                .build();
        book.state(counted, NOON); // may be read before the plan
        book.plan(absolute("q/cand", StopEarly.ON_VERDICT), NOON);
        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(40);

        book.state(RunState.newBuilder(counted).setScored(90).build(), NOON);
        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(100);
    }

    @Test
    void aRunThatIsNeverStoppedIsNotHeldBack() {
        book.plan(absolute("q/cand", StopEarly.NEVER), NOON);

        assertThat(book.limit(run("q/cand"), 16)).isEqualTo(100);
    }

    private static RunPlan absolute(String runId, StopEarly stopEarly) {
        return TestRuns.plan(runId, "p", 100)
                .setGates(Gates.newBuilder().setStopEarly(stopEarly).build())
                .build();
    }

    private DispatchRun run(String id) {
        return book.open().stream()
                .filter(run -> run.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<String> ids() {
        return book.open().stream().map(DispatchRun::id).toList();
    }

    private static RunPlan plan(String runId) {
        return TestRuns.plan(runId, "p", 100).build();
    }

    private static DispatchCursor cursor(String runId, long next) {
        return DispatchCursor.newBuilder()
                .setRunId(runId)
                .setPool("p")
                .setNextPosition(next)
                .setUpdatedAt(NOON)
                .build();
    }
}
