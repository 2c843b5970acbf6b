package dev.evalfleet.producer.dispatch.run;

import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.StopEarly;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All open runs, as `plans`, `dispatch`, `control` and `runs` tell of them, in whatever order they tell it. Of closed
/// runs only the id is kept.
public final class RunBook {
    private final Map<String, DispatchRun> open = new LinkedHashMap<>();
    private final Map<String, DispatchCursor> cursorsAhead = new HashMap<>();
    private final Map<String, RunState> statesAhead = new HashMap<>();
    private final Set<String> closed = new HashSet<>();
    private final Set<String> stopped = new HashSet<>();
    private final Consumer<DispatchRun> onClosed;

    /// @param onClosed told of every open run that will get no more samples
    public RunBook(Consumer<DispatchRun> onClosed) {
        this.onClosed = onClosed;
    }

    public void plan(RunPlan plan, Instant now) {
        String id = plan.getRunId();
        boolean known = closed.contains(id) || open.containsKey(id);
        if (plan.getStatus() != PlanStatus.ACCEPTED || known) {
            return;
        }
        if (isStopped(plan)) {
            close(id);
            return;
        }
        DispatchRun run = new DispatchRun(plan);
        DispatchCursor cursor = cursorsAhead.remove(id);
        if (cursor != null) {
            run.resume(cursor);
        }
        RunState state = statesAhead.remove(id);
        if (state != null) {
            heard(run, state, now);
        }
        open.put(id, run);
    }

    public void cursor(DispatchCursor cursor) {
        DispatchRun run = open.get(cursor.getRunId());
        if (run != null) {
            run.resume(cursor);
        } else if (!closed.contains(cursor.getRunId())) {
            cursorsAhead.put(cursor.getRunId(), cursor);
        }
    }

    public void state(RunState state, Instant now) {
        if (state.getKind() != StateKind.RUN) {
            return;
        }
        if (isFinal(state.getStatus())) {
            close(state.getId());
            return;
        }
        DispatchRun run = open.get(state.getId());
        if (run != null) {
            heard(run, state, now);
        } else if (!closed.contains(state.getId())) {
            statesAhead.put(state.getId(), state);
        }
    }

    private static void heard(DispatchRun run, RunState state, Instant now) {
        run.missing(state.getMissingPositions(), now);
        run.counted(state.getScored() + state.getFailedModel() + state.getFailedInfrastructure());
    }

    public void control(RunControl control) {
        switch (control.getAction()) {
            case CANCEL, STOP_EARLY, LIMIT_REACHED -> stop(control.getId());
            case NONE, SET_BASELINE, RELEASE_BASELINE -> {}
        }
    }

    /// Nothing more is sent for a run, or for all runs of a request.
    public void stop(String runOrRequestId) {
        stopped.add(runOrRequestId);
        List<DispatchRun> affected =
                open.values().stream().filter(run -> isStopped(run.plan())).toList();
        affected.forEach(run -> close(run.id()));
    }

    /// The run's records were deleted everywhere.
    public void forget(String id) {
        close(id);
        closed.remove(id);
        stopped.remove(id);
    }

    public Collection<DispatchRun> open() {
        return open.values();
    }

    public List<DispatchRun> openIn(String pool) {
        return open.values().stream().filter(run -> run.pool().equals(pool)).toList();
    }

    public @Nullable DispatchRun get(String runId) {
        return open.get(runId);
    }

    /// First position a run must not send yet. One that may be stopped early is sent two windows ahead of what the
    /// aggregator has counted at most (one for the workers, one for what is on its way from them), and leads the
    /// baseline of its request by one: what is sent further ahead would be thrown away.
    public long limit(DispatchRun run, long window) {
        RunPlan plan = run.plan();
        Gates gates = plan.getGates();
        if (gates == null || gates.getStopEarly() == StopEarly.NEVER) {
            return plan.getExpectedSamples();
        }
        return Math.min(run.limit(2 * window), limitByBaseline(plan, window));
    }

    private long limitByBaseline(RunPlan plan, long window) {
        BaselinePlan baseline = plan.getBaseline();
        String baselineId = baseline == null ? null : baseline.getRunId();
        if (baselineId == null) {
            return plan.getExpectedSamples();
        }
        DispatchRun leader = open.get(baselineId);
        if (leader != null) {
            return leader.next() + window;
        }
        boolean awaited = plan.getRequestRuns().contains(baselineId) && !closed.contains(baselineId);
        return awaited ? window : plan.getExpectedSamples();
    }

    private boolean isStopped(RunPlan plan) {
        return stopped.contains(plan.getRunId()) || stopped.contains(plan.getRequestId());
    }

    private void close(String id) {
        closed.add(id);
        cursorsAhead.remove(id);
        statesAhead.remove(id);
        DispatchRun run = open.remove(id);
        if (run != null) {
            onClosed.accept(run);
        }
    }

    private static boolean isFinal(RunStatus status) {
        return switch (status) {
            case PLANNED, RUNNING -> false;
            case COMPLETED, INCOMPLETE, STOPPED_EARLY, CANCELLED, LIMIT_REACHED, REJECTED, FAILED -> true;
        };
    }
}
