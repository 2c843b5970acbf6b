package dev.evalfleet.loadtest.check;

import java.util.List;

/// What the offline checker found.
///
/// @param accepted samples of the accepted runs
/// @param answered of these, samples with a result
/// @param failed of these, samples whose result says that they failed
/// @param cancelled samples that will not be answered, as the runs say
/// @param resent samples that were sent although they had been sent before
/// @param repeatedResults results beyond the first of a sample
public record CheckReport(
        long accepted,
        long answered,
        long failed,
        long cancelled,
        long resent,
        long repeatedResults,
        List<Finding> findings) {

    public CheckReport {
        findings = List.copyOf(findings);
    }

    public boolean holds() {
        return findings.isEmpty();
    }

    /// How many samples, or numbers, are wrong in this way.
    public long count(Finding.Kind kind) {
        return findings.stream()
                .filter(finding -> finding.kind() == kind)
                .mapToLong(Finding::count)
                .sum();
    }
}
