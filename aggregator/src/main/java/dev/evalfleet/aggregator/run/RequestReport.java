package dev.evalfleet.aggregator.run;

import dev.evalfleet.aggregator.outcome.RequestVerdict;
import dev.evalfleet.aggregator.outcome.RunSummary;
import dev.evalfleet.aggregator.outcome.RunSummary.Counts;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Usage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What is published of a request, from its runs.
public record RequestReport(String requestId, List<RunSummary> runs) {
    /// The worst end a run can come to stands for the request.
    private static final List<RunStatus> WORST_FIRST = List.of(
            RunStatus.REJECTED,
            RunStatus.FAILED,
            RunStatus.CANCELLED,
            RunStatus.LIMIT_REACHED,
            RunStatus.INCOMPLETE,
            RunStatus.STOPPED_EARLY,
            RunStatus.COMPLETED);

    public RequestReport {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("request " + requestId + " has no runs");
        }
    }

    /// A refused request: the reasons are all there is to say.
    public static RunState rejected(RunPlan plan) {
        return RunState.newBuilder()
                .setId(plan.getRequestId())
                .setKind(StateKind.REQUEST)
                .setRequestId(plan.getRequestId())
                .setStatus(RunStatus.REJECTED)
                .setStatusReason(
                        plan.getProblems().size() == 1
                                ? "1 problem"
                                : plan.getProblems().size() + " problems")
                .setProblems(plan.getProblems())
                .setLabels(plan.getLabels())
                .setPriority(plan.getPriority())
                .setUsage(Usage.newBuilder().build())
                .setPlannedAt(plan.getPlannedAt())
                .setFinishedAt(plan.getPlannedAt())
                .setUpdatedAt(plan.getPlannedAt())
                .build();
    }

    /// Whether every run of the request is known and has ended.
    public boolean allEnded() {
        return runs.size() >= runs.getFirst().siblings() && runs.stream().noneMatch(run -> isOpen(run.status()));
    }

    public long pairsOpen() {
        return runs.stream().mapToLong(RunSummary::pairsOpen).sum();
    }

    public long finishedAt() {
        return latest(run -> run.times().finished());
    }

    /// Open baselines whose comparisons were all stopped early.
    public List<String> baselinesNobodyNeeds() {
        if (runs.size() < runs.getFirst().siblings()) {
            return List.of();
        }
        return runs.stream()
                .filter(run -> isOpen(run.status()))
                .map(RunSummary::runId)
                .filter(runId -> {
                    List<RunStatus> compared = runs.stream()
                            .filter(run -> runId.equals(run.baselineRunId()))
                            .map(RunSummary::status)
                            .toList();
                    return !compared.isEmpty() && compared.stream().allMatch(RunStatus.STOPPED_EARLY::equals);
                })
                .toList();
    }

    /// @param ended whether nothing more is awaited
    public RunState state(boolean ended, Instant now) {
        RunSummary first = runs.getFirst();
        Counts counts = runs.stream().map(RunSummary::counts).reduce(Counts.NONE, Counts::plus);
        return RunState.newBuilder()
                .setId(requestId)
                .setKind(StateKind.REQUEST)
                .setRequestId(requestId)
                .setStatus(ended ? worst() : openStatus())
                .setStatusReason(ended ? reason() : "")
                .setRuns(runs.stream().map(RunSummary::runId).toList())
                .setLabels(first.labels())
                .setPriority(first.priority())
                .setExpected(counts.expected())
                .setScored(counts.scored())
                .setFailedModel(counts.failedModel())
                .setFailedInfrastructure(counts.failedInfrastructure())
                .setCancelled(counts.cancelled())
                .setSaved(counts.saved())
                .setVerdict(RequestVerdict.of(runs))
                .setDuplicates(counts.duplicates())
                .setLate(counts.late())
                .setUsage(usage())
                .setPlannedAt(instant(earliest(run -> run.times().planned())))
                .setFirstResultAt(instant(earliest(run -> run.times().firstResult())))
                .setLastResultAt(instant(latest(run -> run.times().lastResult())))
                .setFinishedAt(ended ? instant(finishedAt()) : null)
                .setUpdatedAt(now)
                .build();
    }

    private RunStatus openStatus() {
        return runs.stream().allMatch(run -> run.status() == RunStatus.PLANNED) ? RunStatus.PLANNED : RunStatus.RUNNING;
    }

    private RunStatus worst() {
        return runs.stream()
                .map(RunSummary::status)
                .min(Comparator.comparingInt(WORST_FIRST::indexOf))
                .orElseThrow();
    }

    private String reason() {
        RunStatus worst = worst();
        long count = runs.stream().filter(run -> run.status() == worst).count();
        return worst == RunStatus.COMPLETED ? "" : "%d of %d runs %s".formatted(count, runs.size(), worst);
    }

    private Usage usage() {
        boolean priced = runs.stream().anyMatch(run -> run.cost() != null);
        return Usage.newBuilder()
                .setPromptTokens(
                        runs.stream().mapToLong(RunSummary::promptTokens).sum())
                .setOutputTokens(
                        runs.stream().mapToLong(RunSummary::outputTokens).sum())
                .setCost(
                        priced
                                ? runs.stream()
                                        .map(RunSummary::cost)
                                        .filter(Objects::nonNull)
                                        .mapToDouble(Double::doubleValue)
                                        .sum()
                                : null)
                .build();
    }

    private long earliest(ToLongFunction<RunSummary> time) {
        return times(time).min().orElse(-1);
    }

    private long latest(ToLongFunction<RunSummary> time) {
        return times(time).max().orElse(-1);
    }

    private LongStream times(ToLongFunction<RunSummary> time) {
        return runs.stream().mapToLong(time).filter(at -> at >= 0);
    }

    private static boolean isOpen(RunStatus status) {
        return status == RunStatus.PLANNED || status == RunStatus.RUNNING;
    }

    private static @Nullable Instant instant(long millis) {
        return millis < 0 ? null : Instant.ofEpochMilli(millis);
    }
}
