package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.process.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of a scenario.
///
/// @param seed with which it can be played again
/// @param samples accepted
/// @param resent samples that were sent although they had been sent before
/// @param repeated inferences that were made although they had been answered already
/// @param mostRepeated of them, what the faults explain
/// @param resumed longest time from a fault until work went on; null when nothing was left to do
/// @param peakMib most resident memory of a process, by role
/// @param selfEnds processes that ended without being told to, and were started again
/// @param skipped why it was not played; null when it was
/// @param logs where the logs are; null when they were deleted
public record Outcome(
        String scenario,
        long seed,
        long samples,
        long failed,
        long cancelled,
        long resent,
        long repeated,
        long mostRepeated,
        @Nullable Duration resumed,
        Duration took,
        Map<Role, Long> peakMib,
        List<String> selfEnds,
        List<Finding> findings,
        @Nullable String skipped,
        @Nullable Path logs) {

    public Outcome {
        peakMib = Map.copyOf(peakMib);
        selfEnds = List.copyOf(selfEnds);
        findings = List.copyOf(findings);
    }

    static Outcome skipped(String scenario, long seed, String reason) {
        return new Outcome(
                scenario, seed, 0, 0, 0, 0, 0, 0, null, Duration.ZERO, Map.of(), List.of(), List.of(), reason, null);
    }

    public boolean passed() {
        return skipped == null && findings.isEmpty();
    }

    public long count(Finding.Kind kind) {
        return findings.stream()
                .filter(finding -> finding.kind() == kind)
                .mapToLong(Finding::count)
                .sum();
    }

    public String verdict() {
        return skipped != null ? "skipped" : passed() ? "pass" : "FAIL";
    }
}
