package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Outcome.Ended;
import dev.evalfleet.aggregator.outcome.Outcome.Paired;
import dev.evalfleet.aggregator.outcome.Outcome.Sample;
import dev.evalfleet.aggregator.run.Positions.Standing;
import dev.evalfleet.aggregator.run.Reception.Kind;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.tally.ScoreCheck;
import dev.evalfleet.aggregator.tally.Tallies;
import dev.evalfleet.aggregator.watch.Ahead;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/// Everything known of the runs of one partition, and how events change it.
public final class RunBook {
    private static final int CACHED_PLANS = 64;
    private static final Answer LOST = Answer.infrastructureFailed("lost");
    private static final Answer NO_BASELINE = Answer.infrastructureFailed("no_baseline");
    private static final Answer INVALID = Answer.infrastructureFailed("invalid_score");

    private final RunStores stores;
    private final Positions positions;
    private final Tallies tallies;
    private final Prefix prefix;
    private final Changes changes;
    private final Map<String, RunPlan> recentPlans = new LinkedHashMap<>(CACHED_PLANS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RunPlan> eldest) {
            return size() > CACHED_PLANS;
        }
    };

    /// @param fold takes the samples of each run in the seeded order
    public RunBook(RunStores stores, Changes changes, Prefix.Fold fold) {
        this.stores = stores;
        this.changes = changes;
        this.positions = new Positions(stores.positions());
        this.tallies = new Tallies(stores.slices(), stores.metrics(), stores.clusters());
        this.prefix = new Prefix(stores.ahead(), fold);
    }

    public @Nullable RunPlan plan(String runId) {
        RunPlan known = recentPlans.get(runId);
        if (known == null) {
            known = stores.plans().get(runId);
            if (known != null) {
                recentPlans.put(runId, known);
            }
        }
        return known;
    }

    public Progress progress(String runId) {
        Progress progress = stores.progress().get(runId);
        return progress == null ? new Progress() : progress;
    }

    Tallies tallies() {
        return tallies;
    }

    /// What waits behind the first hole of a run.
    public List<Ahead> ahead(RunPlan plan, int atMost) {
        return prefix.ahead(plan, atMost);
    }

    /// The baseline is over: what waits for its answers goes on without.
    public void baselineIsOver(RunPlan plan) {
        Progress progress = progress(plan.getRunId());
        if (prefix.withoutBaseline(plan, progress, NO_BASELINE)) {
            keep(plan, progress);
            allChanged(plan);
        }
    }

    /// Open runs, as they stand in the stores.
    public void forEachOpen(Consumer<String> action) {
        try (KeyValueIterator<String, Progress> rows = stores.progress().all()) {
            rows.forEachRemaining(row -> {
                if (row.value.open()) {
                    action.accept(row.key);
                }
            });
        }
    }

    /// A plan, of which the first counts: the same request gives the same plans.
    ///
    /// @return whether it was new
    public boolean planned(RunPlan plan) {
        String runId = plan.getRunId();
        if (plan(runId) != null) {
            return false;
        }
        stores.plans().put(runId, RunPlan.newBuilder(plan).setTaskConfig("{}").build());
        stores.progress().put(runId, progress(runId));
        changes.run(runId);
        return true;
    }

    /// The dispatcher sent the samples of the run up to that position.
    public void dispatched(RunPlan plan, long next) {
        Progress progress = progress(plan.getRunId());
        boolean news = progress.dispatched(next);
        if ((progress.open() && next > 0 && progress.started()) || news) {
            keep(plan, progress);
        }
    }

    /// A sample's first result.
    public Reception ended(RunPlan plan, Ended ended, long at) {
        Sample sample = ended.sample();
        if (sample.position() < 0 || sample.position() >= plan.getExpectedSamples()) {
            return new Reception(
                    Kind.REFUSED, "the run has positions 0 to %d".formatted(plan.getExpectedSamples() - 1));
        }
        Progress progress = progress(plan.getRunId());
        Standing before = progress.open()
                ? positions.settle(plan.getRunId(), sample.position(), Standing.ANSWERED)
                : Standing.LOST;
        return switch (before) {
            case OPEN -> count(plan, progress, ended, at);
            case ANSWERED -> {
                repeated(plan);
                yield new Reception(Kind.REPEATED, null);
            }
            case LOST -> {
                progress.cameLate();
                keep(plan, progress);
                yield new Reception(Kind.LATE, null);
            }
        };
    }

    /// A sample and its baseline's.
    public void paired(RunPlan plan, Paired paired) {
        String runId = plan.getRunId();
        Sample sample = paired.sample();
        if (!paired.baselineRunId().equals(PlanFacts.baselineRunId(plan))
                || positions.standing(runId, sample.position()) == Standing.OPEN
                || !positions.pair(runId, sample.position())) {
            return;
        }
        Progress progress = progress(runId);
        progress.paired();
        if (positions.standing(runId, sample.position()) == Standing.ANSWERED) {
            Sample candidate = with(sample, accepted(plan, sample.answer()));
            Answer baseline = accepted(plan, paired.baseline());
            tallies.addPair(plan, candidate, baseline);
            prefix.paired(plan, progress, candidate, baseline);
        }
        keep(plan, progress);
        changes.slices(runId, PlanFacts.slices(plan, sample.slices()));
    }

    public void repeated(RunPlan plan) {
        Progress progress = progress(plan.getRunId());
        progress.repeated();
        keep(plan, progress);
    }

    /// Positions that were sent again and again without a result: they are failed, and their results would be late.
    ///
    /// @return how many were still open
    public int lost(RunPlan plan, List<Long> given) {
        Progress progress = progress(plan.getRunId());
        int count = 0;
        for (long position : given) {
            boolean exists = position >= 0 && position < plan.getExpectedSamples();
            if (progress.open()
                    && exists
                    && positions.settle(plan.getRunId(), position, Standing.LOST) == Standing.OPEN) {
                progress.gaveUp(LOST);
                tallies.addLost(plan, LOST);
                prefix.lost(plan, progress, position, LOST);
                count++;
            }
        }
        if (count > 0) {
            keep(plan, progress);
            changes.slices(plan.getRunId(), List.of(PlanFacts.WHOLE));
        }
        return count;
    }

    /// Whether an open run has all its outcomes.
    public boolean isDone(RunPlan plan) {
        Progress progress = progress(plan.getRunId());
        return progress.open() && progress.settled() >= plan.getExpectedSamples();
    }

    /// Whether a finished run has all its pairs.
    public boolean hasAllPairs(RunPlan plan) {
        Progress progress = progress(plan.getRunId());
        return !progress.open() && progress.pairs() >= PlanFacts.expectedPairs(plan);
    }

    public void complete(RunPlan plan, long now) {
        Progress progress = progress(plan.getRunId());
        progress.complete(plan.getExpectedSamples(), now);
        closed(plan, progress);
    }

    public void close(RunPlan plan, RunStatus status, String reason, long now) {
        Progress progress = progress(plan.getRunId());
        progress.close(status, reason, plan.getExpectedSamples(), now);
        closed(plan, progress);
    }

    /// The first open positions of a run.
    public List<Long> missing(RunPlan plan, int atMost) {
        long from = progress(plan.getRunId()).prefix();
        return positions.open(plan.getRunId(), from, plan.getExpectedSamples(), atMost);
    }

    /// Forgets what the caller removed from the stores.
    void forget(String runId) {
        recentPlans.remove(runId);
        changes.take(runId);
    }

    private Reception count(RunPlan plan, Progress progress, Ended ended, long at) {
        Sample sample = ended.sample();
        String problem = ScoreCheck.problem(plan, sample.answer());
        Answer answer = problem == null ? sample.answer() : INVALID;
        progress.answered(answer, problem == null ? ended.cause() : problem, at);
        tallies.add(plan, sample, answer, ended.spent());
        prefix.ended(plan, progress, with(sample, answer));
        keep(plan, progress);
        changes.slices(plan.getRunId(), PlanFacts.slices(plan, sample.slices()));
        return new Reception(problem == null ? Kind.COUNTED : Kind.REFUSED, problem);
    }

    private static Answer accepted(RunPlan plan, Answer answer) {
        return ScoreCheck.problem(plan, answer) == null ? answer : INVALID;
    }

    private static Sample with(Sample sample, Answer answer) {
        return new Sample(sample.position(), answer, sample.slices(), sample.clusterId());
    }

    private void closed(RunPlan plan, Progress progress) {
        keep(plan, progress);
        allChanged(plan);
    }

    /// Marks all that is known of a run as changed.
    public void allChanged(RunPlan plan) {
        List<String> all = new ArrayList<>(tallies.slices(plan.getRunId()));
        all.add(PlanFacts.WHOLE);
        changes.slices(plan.getRunId(), all);
    }

    private void keep(RunPlan plan, Progress progress) {
        stores.progress().put(plan.getRunId(), progress);
        changes.run(plan.getRunId());
    }
}
