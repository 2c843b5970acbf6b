package dev.evalfleet.producer.gate;

import dev.evalfleet.producer.gate.Baselines.Answer;
import dev.evalfleet.producer.gate.Baselines.Earlier;
import dev.evalfleet.producer.yaml.Problems;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselinePlan;

/// Whether a run outside the request can be what its runs are compared with, and how many pairs there will be.
public final class BaselineCheck {
    private BaselineCheck() {}

    /// The plan of a comparison with `baseline`, which is of kind RUN or NAME. Documents without a baseline score are
    /// left out of the comparison before the run starts, and counted.
    ///
    /// @param task whose documents are asked
    public static BaselinePlan plan(
            Baseline baseline, Answer answer, String task, String fingerprint, long samples, Problems problems) {
        return switch (answer) {
            case Answer.Unusable(var why) -> {
                problems.add("request baseline", why);
                yield pairs(baseline.getValue(), samples, samples);
            }
            case Answer.Unchecked() -> pairs(baseline.getValue(), samples, samples);
            case Answer.Found(var run) -> {
                check(run, task, fingerprint, samples, problems);
                BaselinePlan plan = pairs(run.runId(), samples, run.pairs());
                plan.setName(run.name());
                yield plan;
            }
        };
    }

    private static void check(Earlier run, String task, String fingerprint, long samples, Problems problems) {
        String who = run.name() == null
                ? "the run \"" + run.runId() + "\""
                : "the baseline \"" + run.name() + "\" (run " + run.runId() + ")";
        if (!run.datasetFingerprint().equals(fingerprint)) {
            problems.add(
                    "request baseline",
                    who + " has another dataset than the task " + task + ": " + brief(run.datasetFingerprint())
                            + " with " + run.samples() + " samples of " + run.task() + ", here " + brief(fingerprint)
                            + " with " + samples
                            + ". Documents are paired only within one dataset: give the same task, data and limit");
        } else if (run.pairs() == 0) {
            problems.add("request baseline", who + " has no scored sample to compare with");
        }
    }

    private static BaselinePlan pairs(String runId, long samples, long comparable) {
        long pairs = Math.min(samples, comparable);
        return BaselinePlan.newBuilder()
                .setRunId(runId)
                .setPairs(pairs)
                .setExcluded(samples - pairs)
                .build();
    }

    private static String brief(String fingerprint) {
        return fingerprint.isEmpty() ? "none" : fingerprint.substring(0, Math.min(12, fingerprint.length()));
    }
}
