package dev.evalfleet.loadtest.check;

import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Judges a history, from the topics alone and with code of its own: every accepted sample has exactly one terminal
/// outcome, nothing is counted twice, and every published number is what a recomputation from the results gives.
public final class OfflineCheck {
    private OfflineCheck() {}

    public static CheckReport of(History history) {
        List<Finding> findings = new ArrayList<>();
        Map<String, RunPlan> plans = accepted(history, findings);
        Map<String, RunHistory> runs = new LinkedHashMap<>();
        plans.forEach((runId, plan) -> runs.put(runId, RunHistory.of(plan, history)));
        for (RunHistory run : runs.values()) {
            findings.addAll(SampleCheck.of(run));
            findings.addAll(RunCheck.of(run));
            findings.addAll(StateCheck.of(run.plan().getRunId(), run.states()));
            findings.addAll(MetricCheck.of(run, baseline(run, runs)));
        }
        findings.addAll(RequestCheck.of(runs.values(), history));
        history.results().stream()
                .map(At::value)
                .filter(result -> !plans.containsKey(result.getRunId()))
                .map(result -> Finding.wrong(result.getRunId(), "has a result, but was never accepted"))
                .findFirst()
                .ifPresent(findings::add);
        return new CheckReport(
                plans.values().stream().mapToLong(RunPlan::getExpectedSamples).sum(),
                runs.values().stream().mapToLong(run -> run.first().size()).sum(),
                runs.values().stream().mapToLong(RunHistory::failed).sum(),
                runs.values().stream()
                        .map(RunHistory::end)
                        .mapToLong(OfflineCheck::cancelled)
                        .sum(),
                runs.values().stream().mapToLong(RunHistory::resent).sum(),
                runs.values().stream().mapToLong(RunHistory::repeats).sum(),
                findings);
    }

    private static long cancelled(java.util.Optional<RunState> end) {
        return end.map(RunState::getCancelled).orElse(0L);
    }

    private static @org.jspecify.annotations.Nullable RunHistory baseline(
            RunHistory run, Map<String, RunHistory> runs) {
        var baseline = run.plan().getBaseline();
        return baseline == null || baseline.getRunId() == null ? null : runs.get(baseline.getRunId());
    }

    // The same request gives the same plans: a second one may stand there, a different one may not.
    private static Map<String, RunPlan> accepted(History history, List<Finding> findings) {
        Map<String, RunPlan> plans = new LinkedHashMap<>();
        for (At<RunPlan> planned : history.plans()) {
            RunPlan plan = planned.value();
            if (plan.getStatus() != PlanStatus.ACCEPTED) {
                continue;
            }
            RunPlan before = plans.putIfAbsent(plan.getRunId(), plan);
            if (before != null && !isSame(before, plan)) {
                findings.add(Finding.wrong(plan.getRunId(), "was planned twice, and differently"));
            }
        }
        for (RunPlan plan : plans.values()) {
            for (String sibling : plan.getRequestRuns()) {
                if (!plans.containsKey(sibling)) {
                    findings.add(Finding.lost(sibling, "is a run of an accepted request and has no plan", 1));
                }
            }
        }
        return plans;
    }

    private static boolean isSame(RunPlan one, RunPlan other) {
        return one.getOrderSeed().equals(other.getOrderSeed())
                && one.getDatasetFingerprint().equals(other.getDatasetFingerprint())
                && one.getExpectedSamples() == other.getExpectedSamples()
                && one.getTaskHash().equals(other.getTaskHash());
    }
}
