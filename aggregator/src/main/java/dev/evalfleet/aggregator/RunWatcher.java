package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.outcome.Judgement;
import dev.evalfleet.aggregator.run.OpenRuns;
import dev.evalfleet.aggregator.run.Prefix;
import dev.evalfleet.aggregator.run.Progress;
import dev.evalfleet.aggregator.run.RunBook;
import dev.evalfleet.aggregator.watch.Alarms;
import dev.evalfleet.aggregator.watch.Judge;
import dev.evalfleet.aggregator.watch.Watches;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks at runs while they go on: raises what became certain, and stops what need not go on.
final class RunWatcher {
    /// Names the aggregator in what it asks.
    static final String BY = "aggregator";

    private static final int MOST_AHEAD = 2000;
    private static final int FEWEST_FOR_A_RATE = 50;

    private final Watches watches;
    private final Judge judge;
    private final Alarms alarms;
    private final OpenRuns open;
    private final AlertSettings settings;
    private final Set<String> turned = new HashSet<>();

    RunWatcher(Watches watches, Judge judge, OpenRuns open, AlertSettings settings) {
        this.watches = watches;
        this.judge = judge;
        this.alarms = new Alarms(watches);
        this.open = open;
        this.settings = settings;
    }

    /// The next position of a run.
    void fold(RunPlan plan, Prefix.Step step) {
        if (watches.fold(plan, step.sample(), step.baseline())) {
            turned.add(plan.getRunId());
        }
    }

    /// Whether a gate of the run turned, or a regression became certain, since it was last asked.
    boolean takeTurned(RunPlan plan) {
        return turned.remove(plan.getRunId());
    }

    /// Something changed of the run since it was last looked at.
    void look(RunPlan plan, RunBook book, RunVoice voice, long now) {
        Instant at = Instant.ofEpochMilli(now);
        Progress progress = book.progress(plan.getRunId());
        stopIfDecided(plan, progress, judge.verdict(plan), voice, at);
        if (!judge.isStopped(plan)) {
            stopIfDecided(plan, progress, provisional(plan, progress.prefix(), book), voice, at);
        }
        alarms.regressions(plan, at).forEach(voice::raise);
        alarms.gateFailed(plan, judge.verdict(plan), at).ifPresent(voice::raise);
        if (progress.settled() >= FEWEST_FOR_A_RATE
                && progress.failed() > settings.failureRate() * progress.settled()) {
            alarms.failures(plan, progress.failed(), progress.settled(), at).ifPresent(voice::raise);
        }
    }

    /// An open run, at a tick. One of which everything sent has come back waits for its turn, as long as others of its
    /// pool go on.
    void lookIfQuiet(RunPlan plan, RunBook book, RunVoice voice, long now) {
        Duration limit = settings.stalledAfter();
        if (!open.isQuiet(plan.getRunId(), limit, now)) {
            return;
        }
        Progress progress = book.progress(plan.getRunId());
        boolean idle = progress.dispatched() <= progress.settled();
        boolean othersGoOn = open.ids().stream()
                .filter(other -> !open.isQuiet(other, limit, now))
                .map(book::plan)
                .anyMatch(other -> other != null && other.getPool().equals(plan.getPool()));
        if (progress.status() == RunStatus.STOPPED_EARLY || (idle && othersGoOn)) {
            return;
        }
        alarms.stalled(plan, progress.settled(), said(limit), Instant.ofEpochMilli(now))
                .ifPresent(voice::raise);
    }

    private @Nullable Judgement provisional(RunPlan plan, long from, RunBook book) {
        return judge.wouldStop(plan) ? judge.provisional(plan, from, book.ahead(plan, MOST_AHEAD)) : null;
    }

    private void stopIfDecided(
            RunPlan plan, Progress progress, @Nullable Judgement judgement, RunVoice voice, Instant at) {
        boolean goesOn = progress.open() && progress.settled() < plan.getExpectedSamples();
        if (judgement == null || !goesOn || judge.isStopped(plan) || !judge.mayStop(plan, judgement)) {
            return;
        }
        judge.stopFor(plan, judgement);
        voice.stop(plan.getRunId(), judgement.verdict().getReason(), at);
    }

    private static String said(Duration limit) {
        return limit.toSeconds() % 60 == 0 ? limit.toMinutes() + " min" : limit.toSeconds() + " s";
    }
}
