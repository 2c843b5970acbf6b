package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.AggregatorSettings.Pace;
import dev.evalfleet.aggregator.alert.AlertSettings;
import dev.evalfleet.aggregator.outcome.Emission;
import dev.evalfleet.aggregator.outcome.Outcome;
import dev.evalfleet.aggregator.outcome.RunEvent;
import dev.evalfleet.aggregator.run.Changes;
import dev.evalfleet.aggregator.run.Oblivion;
import dev.evalfleet.aggregator.run.OpenRuns;
import dev.evalfleet.aggregator.run.Reception;
import dev.evalfleet.aggregator.run.Reports;
import dev.evalfleet.aggregator.run.RunBook;
import dev.evalfleet.aggregator.run.RunStores;
import dev.evalfleet.aggregator.run.WaitingOutcomes;
import dev.evalfleet.aggregator.run.WaitingOutcomes.Waiting;
import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.streams.Sweep;
import dev.evalfleet.aggregator.streams.Ticker;
import dev.evalfleet.aggregator.watch.Judge;
import dev.evalfleet.aggregator.watch.Watches;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Merges what is told about a run - its plan, how far it is dispatched, how its samples end, whether it is cancelled
/// - into running metrics and the run's state. What changed is said at the next tick; an end is said at once.
final class RunningMetrics implements Processor<String, RunEvent, String, Emission> {
    private static final int MOST_MISSING = 1000;
    private static final int MOST_EXPIRED = 1000;

    /// What was in flight when a run was stopped early still counts if it comes within this.
    private static final Duration STOP_GRACE = Duration.ofSeconds(1);

    private final ProcessorContext<String, Emission> context;
    private final Pace pace;
    private final Latest<RunControl> controls;
    private final AggregatorMeters meters;
    private final Changes changes = new Changes();
    private final OpenRuns open = new OpenRuns();
    private final RunBook book;
    private final WaitingOutcomes waiting;
    private final Oblivion oblivion;
    private final RunVoice voice;
    private final Ticker ticker;
    private final RunWatcher watcher;
    private final EndedBaselines baselines;

    RunningMetrics(
            ProcessorContext<String, Emission> context,
            Pace pace,
            AlertSettings alerts,
            Latest<RunControl> controls,
            Latest<RunState> states,
            AggregatorMeters meters) {
        this.context = context;
        this.pace = pace;
        this.controls = controls;
        this.meters = meters;
        RunStores stores = RunStores.of(context);
        Watches watches = new Watches(context);
        Judge judge = new Judge(watches);
        this.watcher = new RunWatcher(watches, judge, open, alerts);
        this.book = new RunBook(stores, changes, watcher::fold);
        this.waiting = new WaitingOutcomes(stores.waiting(), pace.mostWaiting());
        this.oblivion = new Oblivion(stores, watches, book);
        this.voice = new RunVoice(context, new Reports(book, watches, judge), open, meters);
        this.baselines = new EndedBaselines(book, states, open, pace);
        this.ticker = new Ticker(context, pace.tick(), this::tick);
        book.forEachOpen(this::reopened);
        ticker.wake();
        context.schedule(Sweep.EVERY, PunctuationType.WALL_CLOCK_TIME, this::sweep);
    }

    @Override
    public void process(Record<String, RunEvent> record) {
        ticker.wake();
        switch (record.value()) {
            case RunEvent.Planned(RunPlan plan) -> planned(plan);
            case RunEvent.Dispatched(DispatchCursor cursor) -> dispatched(cursor);
            case RunEvent.Happened(Outcome outcome) -> happened(record.key(), outcome, record.timestamp());
        }
    }

    // What was committed before a restart may not have been said.
    private void reopened(String runId) {
        open.stirred(runId, now());
        RunPlan plan = book.plan(runId);
        if (plan != null) {
            book.allChanged(plan);
        }
    }

    private void planned(RunPlan plan) {
        if (plan.getStatus() != PlanStatus.ACCEPTED || !book.planned(plan)) {
            return;
        }
        open.stirred(plan.getRunId(), now());
        for (Waiting waited : waiting.take(plan.getRunId())) {
            apply(plan, waited.outcome(), waited.at());
        }
        lookIfTurned(plan);
        completeIfDone(plan);
    }

    private void dispatched(DispatchCursor cursor) {
        RunPlan plan = book.plan(cursor.getRunId());
        if (plan == null) {
            return; // the dispatcher repeats itself, and does not dispatch what was not planned
        }
        book.dispatched(plan, cursor.getNextPosition());
        book.lost(plan, cursor.getLost());
        open.stirredIfOpen(plan.getRunId(), now()); // a run is not quiet while it is sent, or just after
        completeIfDone(plan);
    }

    private void happened(String runId, Outcome outcome, long at) {
        RunPlan plan = book.plan(runId);
        if (plan != null) {
            apply(plan, outcome, at);
            lookIfTurned(plan);
            completeIfDone(plan);
            if (outcome instanceof Outcome.Paired && book.hasAllPairs(plan)) {
                voice.say(plan, changes.take(plan.getRunId()));
            }
        } else if (waiting.isFull()) {
            refuse(runId, outcome, "its run has no plan, and %d others wait for theirs".formatted(pace.mostWaiting()));
        } else {
            waiting.add(new Waiting(runId, outcome, at, now()));
        }
    }

    private void apply(RunPlan plan, Outcome outcome, long at) {
        switch (outcome) {
            case Outcome.Ended ended -> {
                Reception reception = book.ended(plan, ended, at);
                meters.result(reception.kind());
                if (reception.problem() != null) {
                    refuse(plan.getRunId(), ended, reception.problem());
                }
                open.stirredIfOpen(plan.getRunId(), now());
            }
            case Outcome.Paired paired -> book.paired(plan, paired);
            case Outcome.Repeated _ -> {
                book.repeated(plan);
                meters.result(Reception.Kind.REPEATED);
            }
        }
    }

    private void completeIfDone(RunPlan plan) {
        if (book.isDone(plan)) {
            book.complete(plan, now());
            ended(plan);
        }
    }

    private void lookIfTurned(RunPlan plan) {
        if (watcher.takeTurned(plan)) {
            watcher.look(plan, book, voice, now());
        }
    }

    // An end is said at once.
    private void ended(RunPlan plan) {
        watcher.look(plan, book, voice, now());
        open.closed(plan.getRunId());
        baselines.awaited(plan);
        meters.ended(plan, book.progress(plan.getRunId()));
        voice.say(plan, changes.take(plan.getRunId()));
    }

    private boolean tick(long now) {
        for (String runId : open.ids()) {
            RunPlan plan = book.plan(runId);
            if (plan != null) {
                obey(plan);
                list(plan, now);
                watcher.lookIfQuiet(plan, book, voice, now);
            }
        }
        baselines.settle(now);
        changes.runs().stream()
                .map(book::plan)
                .filter(Objects::nonNull)
                .forEach(plan -> watcher.look(plan, book, voice, now));
        changes.take().forEach((runId, slices) -> {
            RunPlan plan = book.plan(runId);
            if (plan != null) {
                voice.say(plan, slices);
            }
        });
        return !open.isEmpty() || !baselines.isEmpty();
    }

    private void obey(RunPlan plan) {
        RunControl control = controls.get(plan.getRunId());
        RunStatus end = control == null ? null : endOf(control);
        if (end == null) {
            control = controls.get(plan.getRequestId());
            end = control == null ? null : endOf(control);
        }
        boolean inFlight = control != null
                && control.getBy().equals(RunWatcher.BY)
                && now() - control.getAt().toEpochMilli() < STOP_GRACE.toMillis();
        if (control != null && end != null && !inFlight) {
            book.close(plan, end, reasonOf(control), now());
            ended(plan);
        }
    }

    private void list(RunPlan plan, long now) {
        String runId = plan.getRunId();
        if (open.toBeListed(runId, pace.missingAfter(), now)
                && book.progress(runId).status() == RunStatus.RUNNING) {
            open.listed(runId, book.missing(plan, MOST_MISSING));
            changes.run(runId);
        }
    }

    private void sweep(long now) {
        meters.forgetOld(now);
        oblivion.forgetClosedBefore(now - pace.keptFor().toMillis());
        waiting.takeOlderThan(pace.planWithin(), now, MOST_EXPIRED)
                .forEach(waited -> refuse(
                        waited.runId(),
                        waited.outcome(),
                        "no plan of its run came within %s".formatted(pace.planWithin())));
    }

    private void refuse(String runId, Outcome outcome, String cause) {
        voice.refuse(
                runId, outcome, "result of run \"%s\", position %d: %s".formatted(runId, outcome.position(), cause));
    }

    private long now() {
        return context.currentSystemTimeMs();
    }

    private static @Nullable RunStatus endOf(RunControl control) {
        return switch (control.getAction()) {
            case CANCEL -> RunStatus.CANCELLED;
            case STOP_EARLY -> RunStatus.STOPPED_EARLY;
            case LIMIT_REACHED -> RunStatus.LIMIT_REACHED;
            case NONE, SET_BASELINE, RELEASE_BASELINE -> null;
        };
    }

    private static String reasonOf(RunControl control) {
        String by = control.getBy().isEmpty() ? "" : "by " + control.getBy();
        return Stream.of(control.getReason(), by)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }
}
