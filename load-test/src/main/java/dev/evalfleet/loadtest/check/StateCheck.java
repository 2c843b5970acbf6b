package dev.evalfleet.loadtest.check;

import dev.evalfleet.schemas.avro.RunState;
import java.util.ArrayList;
import java.util.List;

/// Whether what was said of a run, or a request, one after the other can be one story: counts never fall, and the end
/// is the end.
final class StateCheck {
    private StateCheck() {}

    static List<Finding> of(String id, List<RunState> states) {
        List<Finding> findings = new ArrayList<>();
        for (int next = 1; next < states.size() && findings.isEmpty(); next++) {
            RunState before = states.get(next - 1);
            RunState after = states.get(next);
            if (RunHistory.isTerminal(before.getStatus())) {
                if (before.getStatus() != after.getStatus() || !counts(before).equals(counts(after))) {
                    findings.add(Finding.wrong(
                            id,
                            "changed after its end: %s %s became %s %s"
                                    .formatted(before.getStatus(), counts(before), after.getStatus(), counts(after))));
                }
            } else if (after.getScored() < before.getScored()
                    || after.getFailedModel() < before.getFailedModel()
                    || after.getFailedInfrastructure() < before.getFailedInfrastructure()) {
                findings.add(Finding.wrong(id, "counts fell: %s became %s".formatted(counts(before), counts(after))));
            }
        }
        return findings;
    }

    private static List<Long> counts(RunState state) {
        return List.of(
                state.getScored(), state.getFailedModel(), state.getFailedInfrastructure(), state.getCancelled());
    }
}
