package dev.evalfleet.producer.gate;

import dev.evalfleet.producer.gate.Baselines.Answer.Found;
import dev.evalfleet.producer.gate.Baselines.Answer.Unusable;
import dev.evalfleet.runtime.NearestName;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.runtime.kafka.TopicFollower.Received;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.BaselineScore;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleStatus;
import dev.evalfleet.schemas.avro.StateKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Earlier runs from `runs`, frozen ones from `baseline-scores`. Both are read when the first request asks, and
/// followed from then on.
public final class FleetBaselines implements Baselines, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /// The aggregator forgets the outcomes of a run after that time (aggregator.kept-for).
    private static final Duration COMPARABLE = Duration.ofDays(7);

    private final Fleet fleet;
    private final Clock clock;
    private final Map<String, Ended> runs = new HashMap<>();
    private final Map<String, Row> rows = new HashMap<>();
    /// One object for all rows of a baseline.
    private final Map<Earlier, Earlier> frozen = new HashMap<>();

    private @Nullable TopicFollower follower;

    public FleetBaselines(Fleet fleet, Clock clock) {
        this.fleet = fleet;
        this.clock = clock;
    }

    /// The little that is kept of a run's state.
    private record Ended(Earlier run, RunStatus status, @Nullable Instant finishedAt) {}

    /// A frozen score without the score.
    private record Row(Earlier run, boolean isUsable) {}

    @Override
    public Answer find(Baseline baseline) {
        following().awaitCaughtUp(PATIENCE);
        synchronized (this) {
            return baseline.getKind() == BaselineKind.RUN ? run(baseline.getValue()) : named(baseline.getValue());
        }
    }

    private synchronized TopicFollower following() {
        TopicFollower reading = follower;
        if (reading == null || reading.ended().isDone()) {
            runs.clear();
            rows.clear();
            reading = new TopicFollower(fleet, "baselines")
                    .on(fleet.topics().runs(), this::see)
                    .on(fleet.topics().baselineScores(), this::seeScore);
            reading.start();
            follower = reading;
        }
        return reading;
    }

    private Answer run(String runId) {
        Ended ended = runs.get(runId);
        if (ended == null) {
            return new Unusable("there is no run \"" + runId + "\"" + NearestName.hint(runId, runs.keySet())
                    + "; 'evalfleet runs REQUEST' lists runs");
        }
        if (ended.status() != RunStatus.COMPLETED && ended.status() != RunStatus.INCOMPLETE) {
            return new Unusable("the run \"" + runId + "\" is "
                    + ended.status().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + "; a baseline must have completed");
        }
        Instant finished = ended.finishedAt();
        if (finished != null && finished.isBefore(clock.instant().minus(COMPARABLE))) {
            return new Unusable("the run \"" + runId + "\" ended at " + finished + ", more than "
                    + COMPARABLE.toDays() + " days ago, and its outcomes are gone;"
                    + " freeze a baseline while it is younger: 'evalfleet baseline set NAME RUN'");
        }
        return new Found(ended.run());
    }

    private Answer named(String name) {
        Earlier any = null;
        long samples = 0;
        long pairs = 0;
        var names = new TreeSet<String>();
        for (Row row : rows.values()) {
            names.add(String.valueOf(row.run().name()));
            if (name.equals(row.run().name())) {
                any = row.run();
                samples++;
                pairs += row.isUsable() ? 1 : 0;
            }
        }
        if (any == null) {
            return new Unusable("there is no baseline \"" + name + "\"; "
                    + (names.isEmpty() ? "none is set" : "there are " + String.join(", ", names))
                    + NearestName.hint(name, names)
                    + ". Set one with 'evalfleet baseline set NAME RUN', or name a model of the request or a run's id");
        }
        return new Found(new Earlier(any.runId(), name, any.task(), any.datasetFingerprint(), samples, pairs));
    }

    private synchronized void see(Received<RunState> received) {
        RunState state = received.value();
        if (state == null) {
            runs.remove(received.key());
        } else if (state.getKind() == StateKind.RUN) {
            var run = new Earlier(
                    state.getId(),
                    null,
                    state.getTask(),
                    state.getDatasetFingerprint(),
                    state.getExpected(),
                    state.getScored() + state.getFailedModel());
            runs.put(state.getId(), new Ended(run, state.getStatus(), state.getFinishedAt()));
        }
    }

    private synchronized void seeScore(Received<BaselineScore> received) {
        BaselineScore score = received.value();
        if (score == null) {
            rows.remove(received.key());
            return;
        }
        boolean isUsable = score.getStatus() == SampleStatus.SCORED || score.getFailureKind() == FailureKind.MODEL;
        var run = new Earlier(score.getRunId(), score.getName(), score.getTask(), score.getDatasetFingerprint(), 0, 0);
        rows.put(received.key(), new Row(frozen.computeIfAbsent(run, _ -> run), isUsable));
    }

    @Override
    public void close() {
        TopicFollower ending;
        synchronized (this) {
            ending = follower;
            follower = null;
        }
        if (ending != null) {
            ending.close(); // not under the lock: its thread may be waiting for it
        }
    }
}
