package dev.evalfleet.aggregator.run;

import org.jspecify.annotations.Nullable;

/// What became of a sample's result.
///
/// @param problem what is wrong with it, in one sentence; null when nothing is
public record Reception(Kind kind, @Nullable String problem) {

    /// A refused result does not count; where its position is one of the run's, the sample counts as failed.
    public enum Kind {
        COUNTED,
        REPEATED,
        LATE,
        REFUSED
    }
}
