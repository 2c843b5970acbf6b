package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.run.OpenRuns;
import dev.evalfleet.aggregator.run.Progress;
import dev.evalfleet.aggregator.run.RunBook;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/// Some documents get no answer from the baseline, ever. Once it has ended, samples that wait for such an answer go on
/// without: they would hold the prefix up.
final class EndedBaselines {
    /// Pairs come right after the outcomes they are made of.
    private static final Duration PAIRS_WITHIN = Duration.ofSeconds(10);

    private final RunBook book;
    private final Latest<RunState> states;
    private final OpenRuns open;
    private final Pace pace;
    private final Set<String> awaiting = new LinkedHashSet<>();

    EndedBaselines(RunBook book, Latest<RunState> states, OpenRuns open, Pace pace) {
        this.book = book;
        this.states = states;
        this.open = open;
        this.pace = pace;
    }

    /// A run ended; some of its pairs may not have come.
    void awaited(RunPlan plan) {
        if (lacksPairs(plan)) {
            awaiting.add(plan.getRunId());
        }
    }

    boolean isEmpty() {
        return awaiting.isEmpty();
    }

    void settle(long now) {
        for (String runId : open.ids()) {
            RunPlan plan = book.plan(runId);
            if (plan != null
                    && lacksPairs(plan)
                    && (isExternal(plan) || open.isQuiet(runId, pace.missingAfter(), now))
                    && isOver(plan, now)) {
                book.baselineIsOver(plan);
            }
        }
        for (String runId : new ArrayList<>(awaiting)) {
            RunPlan plan = book.plan(runId);
            if (plan == null || !lacksPairs(plan)) {
                awaiting.remove(runId);
            } else if (isOver(plan, now)) {
                book.baselineIsOver(plan);
                awaiting.remove(runId);
            }
        }
    }

    private boolean lacksPairs(RunPlan plan) {
        Progress progress = book.progress(plan.getRunId());
        return PlanFacts.baselineRunId(plan) != null && progress.prefix() < progress.settled();
    }

    private boolean isOver(RunPlan plan, long now) {
        BaselinePlan baseline = plan.getBaseline();
        String runId = PlanFacts.baselineRunId(plan);
        RunState state = runId == null ? null : states.get(runId);
        if (state == null) {
            return baseline != null && baseline.getName() != null; // frozen scores outlive what is known of their run
        }
        Instant finished = state.getFinishedAt();
        return finished != null && now - finished.toEpochMilli() >= PAIRS_WITHIN.toMillis();
    }

    private static boolean isExternal(RunPlan plan) {
        String baseline = PlanFacts.baselineRunId(plan);
        return baseline != null && !owner(baseline).equals(owner(plan.getRunId()));
    }

    private static String owner(String runId) {
        return runId.substring(0, Math.max(0, runId.indexOf('/')));
    }
}
