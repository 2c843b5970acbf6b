package dev.evalfleet.producer.retry;

import dev.evalfleet.producer.dispatch.PoolCatalogue;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.gate.BaselineCheck;
import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.gate.Comparison;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RetryPlan;
import dev.evalfleet.schemas.avro.RetryRequest;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Plans a retry: a run over the same samples in the same order as an ended one, of which only some are asked. It is a
/// run like any other, so that its metrics, intervals and verdict are those of all its samples, each counted once.
public final class RetryPlanner {
    /// A plan holds every position, and must fit into a record.
    private static final int MOST = 500_000;

    private final EndedRuns runs;
    private final PoolCatalogue pools;
    private final Baselines baselines;
    private final InstantSource clock;

    public RetryPlanner(EndedRuns runs, PoolCatalogue pools, Baselines baselines, InstantSource clock) {
        this.runs = runs;
        this.pools = pools;
        this.baselines = baselines;
        this.clock = clock;
    }

    /// What became of a request for a retry.
    public sealed interface Outcome {
        /// @param of the ended run
        record Planned(RunPlan plan, RunState of) implements Outcome {}

        record Refused(List<Problem> problems) implements Outcome {}
    }

    /// @param request with its `retry`
    public Outcome plan(EvalRequest request) {
        RetryRequest retry = Objects.requireNonNull(request.getRetry(), "retry");
        EndedRuns.Found found = runs.find(retry.getRunId());
        RunPlan plan = found.plan();
        RunState state = found.state();
        if (plan == null) {
            return refused("there is no run \"" + retry.getRunId() + "\""
                    + NearestName.hint(retry.getRunId(), found.known()) + "; 'evalfleet runs REQUEST' lists runs");
        }
        if (state == null || state.getFinishedAt() == null) {
            return refused("the run \"" + retry.getRunId() + "\" is not over yet"
                    + (state == null
                            ? ""
                            : ": " + settled(state) + " of " + state.getExpected() + " samples have an outcome")
                    + "; wait for its end, or cancel it first");
        }
        if (state.getCancelled() > 0 && !retry.getCancelled()) {
            return refused("the run \"" + retry.getRunId() + "\" was stopped ("
                    + state.getStatus().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ") with "
                    + state.getCancelled()
                    + " samples never asked; say with 'cancelled' (--cancelled) that they are to be asked now");
        }
        return plan(request, retry, plan, state);
    }

    private Outcome plan(EvalRequest request, RetryRequest retry, RunPlan of, RunState state) {
        Pool pool = pools.poolOf(of.getModel()).orElse(null);
        if (pool == null) {
            return refused("no pool serves the model \"" + of.getModel() + "\" of the run any more; the catalogue has "
                    + String.join(", ", pools.models()));
        }
        Outcomes outcomes = Outcomes.of(runs, state);
        if (!outcomes.areAllOf(state)) {
            return refused("the run \"" + retry.getRunId() + "\" was closed with "
                    + (state.getScored() + state.getFailedModel()) + " results of which only "
                    + (outcomes.scored() + outcomes.failedModel())
                    + " are still in the results topic (they are kept for its retention, 30 days by default);"
                    + " submit a new request");
        }
        List<Long> positions = outcomes.toAsk(retry, of.getExpectedSamples());
        if (positions.isEmpty()) {
            return refused("the run \"" + retry.getRunId() + "\" has no sample to ask again: " + outcomes.scored()
                    + " of "
                    + of.getExpectedSamples() + " are scored, " + outcomes.failedModel()
                    + " failed because of the model"
                    + (outcomes.failedModel() > 0 ? "; ask those with 'modelFailures' (--model-failures)" : ""));
        }
        if (positions.size() > MOST) {
            return refused(positions.size() + " samples would be asked again, a retry may have " + MOST
                    + "; submit a new request");
        }
        return new Outcome.Planned(retried(request, of, pool, positions), state);
    }

    private RunPlan retried(EvalRequest request, RunPlan of, Pool pool, List<Long> positions) {
        Problems warnings = new Problems();
        Comparison comparison = compared(of, warnings);
        boolean isLost = of.getBaseline() != null && comparison.baseline() == null;
        List<Problem> all = new ArrayList<>(of.getWarnings());
        all.addAll(warnings.list());
        String runId = Ids.runId(request.getRequestId(), of.getTask(), of.getModel(), of.getVariant());
        return RunPlan.newBuilder(of)
                .setRequestId(request.getRequestId())
                .setRunId(runId)
                .setRequestRuns(List.of(runId))
                .setRetry(new RetryPlan(of.getRunId(), positions))
                .setPool(pool.name())
                .setPromptTokenPrice(pool.prices().of(of.getModel()).prompt())
                .setOutputTokenPrice(pool.prices().of(of.getModel()).output())
                .setRole(RunRole.CANDIDATE)
                .setPairGroup(comparison.pairGroup())
                .setBaseline(comparison.baseline())
                .setGates(isLost ? null : of.getGates())
                .setWarnings(all)
                .setLimits(request.getLimits())
                .setPriority(request.getPriority())
                .setPlannedAt(clock.instant())
                .build();
    }

    /// With what the run was compared with, which is a run outside this request now. Where that is no longer possible
    /// the retry goes on without, and says so.
    private Comparison compared(RunPlan of, Problems warnings) {
        BaselinePlan before = of.getBaseline();
        Baseline asked = before == null ? null : asked(before);
        if (asked == null) {
            return new Comparison("", null, false);
        }
        Problems problems = new Problems();
        BaselinePlan now = BaselineCheck.plan(
                asked,
                baselines.find(asked),
                of.getTask(),
                of.getDatasetFingerprint(),
                of.getExpectedSamples(),
                problems);
        if (problems.isEmpty()) {
            return Comparison.outside(now);
        }
        problems.list()
                .forEach(problem -> warnings.add(
                        "retry of " + of.getRunId(), "is not compared and has no gates: " + problem.getMessage()));
        return new Comparison("", null, false);
    }

    private static @Nullable Baseline asked(BaselinePlan before) {
        String name = before.getName();
        String runId = before.getRunId();
        if (name != null) {
            return new Baseline(BaselineKind.NAME, name);
        }
        return runId == null ? null : new Baseline(BaselineKind.RUN, runId);
    }

    private static long settled(RunState state) {
        return state.getScored() + state.getFailedModel() + state.getFailedInfrastructure();
    }

    private static Outcome refused(String why) {
        return new Outcome.Refused(List.of(Problems.of("request retry", why)));
    }
}
