package dev.evalfleet.producer.retry;

import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.RetryRequest;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.avro.SampleStatus;
import java.util.BitSet;
import java.util.List;

/// How the samples of a run ended, by position. A position that is in none of these has no result: it was lost, or
/// never asked.
final class Outcomes {
    private final BitSet scored = new BitSet();
    private final BitSet failedModel = new BitSet();
    private final BitSet failedMachinery = new BitSet();

    static Outcomes of(EndedRuns runs, RunState run) {
        Outcomes outcomes = new Outcomes();
        runs.results(run, outcomes::add);
        return outcomes;
    }

    private void add(SampleResult result) {
        BitSet kind;
        if (result.getStatus() == SampleStatus.SCORED) {
            kind = scored;
        } else {
            boolean isModels =
                    result.getFailure() != null && result.getFailure().getKind() == FailureKind.MODEL;
            kind = isModels ? failedModel : failedMachinery;
        }
        kind.set(Math.toIntExact(result.getPosition()));
    }

    int scored() {
        return scored.cardinality();
    }

    int failedModel() {
        return failedModel.cardinality();
    }

    /// Whether the results that the run was closed with are still there.
    boolean areAllOf(RunState run) {
        return scored() >= run.getScored() && failedModel() >= run.getFailedModel();
    }

    /// Positions that are to be asked again, ascending.
    List<Long> toAsk(RetryRequest retry, long expected) {
        BitSet kept = (BitSet) scored.clone();
        if (!retry.getModelFailures()) {
            kept.or(failedModel);
        }
        BitSet asked = new BitSet();
        asked.set(0, Math.toIntExact(expected));
        asked.andNot(kept);
        return asked.stream().mapToObj(Long::valueOf).toList();
    }
}
