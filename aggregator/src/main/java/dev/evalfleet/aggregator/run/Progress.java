package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.schemas.avro.FailureCount;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.List;

/// How far one run is: its status, its samples by what became of them, and when things happened.
public final class Progress {
    static final Codec<Progress> CODEC = Codec.of(3, Progress::write, Progress::read);

    /// More unresolved infrastructure failures than this share, and the run's numbers do not stand for the model.
    private static final double TOLERATED_FAILURES = 0.02;

    private RunStatus status = RunStatus.PLANNED;
    private String reason = "";
    private long scored;
    private long failedModel;
    private long failedInfrastructure;
    private long cancelled;
    private long duplicates;
    private long late;
    private long pairs;
    private long prefix;
    private long dispatched;
    private long firstResultAt = -1;
    private long lastResultAt = -1;
    private long finishedAt = -1;
    private Failures failures = new Failures();

    public RunStatus status() {
        return status;
    }

    public String reason() {
        return reason;
    }

    /// Samples whose results count or that were given up, of whatever kind.
    public long settled() {
        return scored + failedModel + failedInfrastructure;
    }

    /// Pairs that came, those included that are left out because a side failed.
    public long pairs() {
        return pairs;
    }

    /// Length of the prefix of the seeded order that is folded.
    public long prefix() {
        return prefix;
    }

    /// How many positions were sent, as far as the dispatcher has said.
    public long dispatched() {
        return dispatched;
    }

    public long failed() {
        return failedModel + failedInfrastructure;
    }

    public long finishedAt() {
        return finishedAt;
    }

    public boolean open() {
        return status == RunStatus.PLANNED || status == RunStatus.RUNNING;
    }

    public RunSummary.Counts counts(long expected) {
        long saved = Math.clamp(expected - dispatched, 0, cancelled);
        return new RunSummary.Counts(
                expected, scored, failedModel, failedInfrastructure, cancelled, saved, duplicates, late);
    }

    public List<FailureCount> failures() {
        return failures.counts();
    }

    public RunSummary.Times times(long plannedAt) {
        return new RunSummary.Times(plannedAt, firstResultAt, lastResultAt, finishedAt);
    }

    /// Whether this is the first sign of work.
    boolean started() {
        boolean first = status == RunStatus.PLANNED;
        if (first) {
            status = RunStatus.RUNNING;
        }
        return first;
    }

    /// @return whether that is news
    boolean dispatched(long next) {
        boolean more = next > dispatched;
        dispatched = Math.max(dispatched, next);
        return more;
    }

    /// @param cause of a failure, one sentence; empty otherwise
    void answered(Answer answer, String cause, long at) {
        started();
        firstResultAt = firstResultAt < 0 ? at : Math.min(firstResultAt, at);
        lastResultAt = Math.max(lastResultAt, at);
        count(answer, cause);
    }

    void gaveUp(Answer lost) {
        started();
        count(lost, "");
    }

    void repeated() {
        duplicates++;
    }

    void cameLate() {
        late++;
    }

    void paired() {
        pairs++;
    }

    void folded() {
        prefix++;
    }

    /// Every expected sample has its outcome.
    void complete(long expected, long at) {
        if (failedInfrastructure > TOLERATED_FAILURES * expected) {
            close(RunStatus.INCOMPLETE, incompleteBecause(expected), expected, at);
        } else {
            close(RunStatus.COMPLETED, "", expected, at);
        }
    }

    void close(RunStatus end, String why, long expected, long at) {
        status = end;
        reason = why;
        cancelled = Math.max(0, expected - settled());
        finishedAt = at;
    }

    private void count(Answer answer, String cause) {
        if (!answer.scored()) {
            failures.add(answer, cause);
        }
        switch (answer.ending()) {
            case SCORED -> scored++;
            case MODEL_FAILED -> failedModel++;
            case INFRASTRUCTURE_FAILED -> failedInfrastructure++;
        }
    }

    private String incompleteBecause(long expected) {
        return "%d of %d samples failed for reasons outside the model (%s), more than %.0f %%"
                .formatted(failedInfrastructure, expected, failures.outsideTheModel(), TOLERATED_FAILURES * 100);
    }

    private void write(Out out) {
        out.text(status.name()).text(reason).whole(scored).whole(failedModel).whole(failedInfrastructure);
        out.whole(cancelled).whole(duplicates).whole(late).whole(pairs).whole(prefix);
        out.whole(firstResultAt).whole(lastResultAt).whole(finishedAt);
        failures.write(out);
        out.whole(dispatched);
    }

    private static Progress read(In in) {
        Progress progress = new Progress();
        progress.status = RunStatus.valueOf(in.text());
        progress.reason = in.text();
        progress.scored = in.whole();
        progress.failedModel = in.whole();
        progress.failedInfrastructure = in.whole();
        progress.cancelled = in.whole();
        progress.duplicates = in.whole();
        progress.late = in.whole();
        progress.pairs = in.whole();
        progress.prefix = in.whole();
        progress.firstResultAt = in.whole();
        progress.lastResultAt = in.whole();
        progress.finishedAt = in.whole();
        progress.failures = Failures.read(in, in.version() < 3);
        progress.dispatched = in.version() < 2 ? 0 : in.whole();
        return progress;
    }
}
