package dev.evalfleet.loadtest.check;

import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Whether every sample of a run has its one outcome, and the run's counts are those of its results.
final class RunCheck {
    private final RunHistory run;
    private final String runId;
    private final List<Finding> findings = new ArrayList<>();

    private RunCheck(RunHistory run) {
        this.run = run;
        this.runId = run.plan().getRunId();
    }

    static List<Finding> of(RunHistory run) {
        RunCheck check = new RunCheck(run);
        run.end().ifPresentOrElse(check::ended, check::open);
        return check.findings;
    }

    private void open() {
        String status = run.states().isEmpty()
                ? "nothing is said of it"
                : "is " + run.states().getLast().getStatus();
        long missing = run.plan().getExpectedSamples() - run.first().size();
        findings.add(Finding.lost(
                runId,
                "has not ended (%s); %d of %d samples have no result"
                        .formatted(status, missing, run.plan().getExpectedSamples()),
                Math.max(1, missing)));
    }

    private void ended(RunState end) {
        long settled = settled(end);
        add(Finding.compare(
                runId,
                "scored + failed + cancelled",
                settled + end.getCancelled(),
                run.plan().getExpectedSamples()));
        if (end.getExpected() != run.plan().getExpectedSamples()) {
            findings.add(Finding.wrong(
                    runId,
                    "expects %d samples, its plan %d"
                            .formatted(end.getExpected(), run.plan().getExpectedSamples())));
        }
        if (run.isComplete()) {
            complete(end);
        } else {
            stopped(end);
        }
        if (end.getDuplicates() != run.repeats()) {
            findings.add(Finding.wrong(
                    runId,
                    "duplicates is %d, there are %d repeated results".formatted(end.getDuplicates(), run.repeats())));
        }
    }

    private void complete(RunState end) {
        Set<Long> answered =
                run.first().values().stream().map(SampleResult::getPosition).collect(Collectors.toSet());
        long[] missing = LongStream.range(0, run.plan().getExpectedSamples())
                .filter(position -> !run.lost().contains(position))
                .filter(position -> !answered.contains(position))
                .toArray();
        if (missing.length > 0) {
            findings.add(Finding.lost(
                    runId,
                    "is %s, but %d positions have neither a result nor were they given up, the first is %d"
                            .formatted(end.getStatus(), missing.length, missing[0]),
                    missing.length));
        }
        if (end.getCancelled() != 0) {
            findings.add(
                    Finding.wrong(runId, "is %s and has %d cancelled".formatted(end.getStatus(), end.getCancelled())));
        }
        if (run.undecided() > 0) {
            return; // given up and answered: either may have come first, and the sums above hold
        }
        add(Finding.compare(runId, "scored", end.getScored(), count(SampleStatus.SCORED, null)));
        add(Finding.compare(runId, "failedModel", end.getFailedModel(), count(SampleStatus.FAILED, FailureKind.MODEL)));
        add(Finding.compare(
                runId,
                "failedInfrastructure",
                end.getFailedInfrastructure(),
                count(SampleStatus.FAILED, FailureKind.INFRASTRUCTURE) + run.givenUp()));
    }

    // Which results came before the end, only the aggregator knows; all others came late.
    private void stopped(RunState end) {
        add(Finding.compare(
                runId,
                "scored + failed + late",
                settled(end) + end.getLate(),
                run.first().size() + run.givenUp()));
        if (end.getScored() > count(SampleStatus.SCORED, null)) {
            findings.add(Finding.twice(
                    runId,
                    "scored is %d, but only %d were".formatted(end.getScored(), count(SampleStatus.SCORED, null)),
                    end.getScored() - count(SampleStatus.SCORED, null)));
        }
    }

    private long count(SampleStatus status, @Nullable FailureKind kind) {
        return run.first().values().stream()
                .filter(result -> result.getStatus() == status && (kind == null || kind == kindOf(result)))
                .count();
    }

    static FailureKind kindOf(SampleResult result) {
        Failure failure = result.getFailure();
        return failure == null ? FailureKind.INFRASTRUCTURE : failure.getKind();
    }

    private static long settled(RunState end) {
        return end.getScored() + end.getFailedModel() + end.getFailedInfrastructure();
    }

    private void add(Optional<Finding> finding) {
        finding.ifPresent(findings::add);
    }
}
