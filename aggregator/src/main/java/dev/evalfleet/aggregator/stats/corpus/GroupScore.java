package dev.evalfleet.aggregator.stats.corpus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What lm-evaluation-harness reports of one metric and filter of a group: from the scores of its tasks, which have
/// it.
///
/// @param standardError null where the harness writes N/A: when that of a task is missing
/// @param samples of all tasks together
public record GroupScore(double value, @Nullable Double standardError, long samples) {

    /// The score of one task.
    ///
    /// @param standardError null where there is none
    /// @param samples number of its samples
    public record Member(double value, @Nullable Double standardError, long samples) {}

    /// @param weightedBySize whether tasks count by their number of samples (`weight_by_size`), or all the same
    public static GroupScore of(List<Member> members, boolean weightedBySize) {
        double weights = 0;
        double weighted = 0;
        long samples = 0;
        for (Member member : members) {
            double weight = weightedBySize ? member.samples : 1;
            weighted += member.value * weight;
            weights += weight;
            samples += member.samples;
        }
        boolean hasError = members.stream().allMatch(member -> member.standardError != null);
        Double error = !hasError ? null : weightedBySize ? pooled(members, samples) : ofPlainMean(members);
        return new GroupScore(weighted / weights, error, samples);
    }

    // sqrt(Σ (n-1)·n·se² / (Σn - k) / Σn), as if the samples were one run's with a common variance.
    private static @Nullable Double pooled(List<Member> members, long samples) {
        double squares = 0;
        for (Member member : members) {
            double error = orZero(member.standardError);
            squares += (member.samples - 1) * (error * error) * member.samples;
        }
        long freedom = samples - members.size();
        return freedom == 0 ? null : Double.valueOf(Math.sqrt(squares / freedom / samples));
    }

    private static double ofPlainMean(List<Member> members) {
        double squares = 0;
        for (Member member : members) {
            double error = orZero(member.standardError);
            squares += error * error;
        }
        return Math.sqrt(squares) / members.size();
    }

    private static double orZero(@Nullable Double error) {
        return error == null ? 0 : error;
    }
}
