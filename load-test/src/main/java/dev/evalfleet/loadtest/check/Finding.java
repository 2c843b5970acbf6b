package dev.evalfleet.loadtest.check;

import java.util.Optional;

/// Something that does not hold.
///
/// @param where the run, request or metric
/// @param count of samples concerned, at least 1
public record Finding(Kind kind, String where, String what, long count) {

    /// What is wrong with it.
    public enum Kind {
        /// A sample without a terminal outcome, or one that is missing from the counts.
        LOST,
        /// A sample that the counts hold more than once.
        COUNTED_TWICE,
        /// A number or a record that is not what a recomputation gives.
        WRONG
    }

    static Finding lost(String where, String what, long count) {
        return new Finding(Kind.LOST, where, what, count);
    }

    static Finding twice(String where, String what, long count) {
        return new Finding(Kind.COUNTED_TWICE, where, what, count);
    }

    static Finding wrong(String where, String what) {
        return new Finding(Kind.WRONG, where, what, 1);
    }

    /// A count against what it should be: too small is a loss, too large a sample counted twice.
    static Optional<Finding> compare(String where, String name, long published, long recomputed) {
        String what = "%s is %d, recomputed %d".formatted(name, published, recomputed);
        if (published == recomputed) {
            return Optional.empty();
        }
        return Optional.of(
                published < recomputed
                        ? lost(where, what, recomputed - published)
                        : twice(where, what, published - recomputed));
    }

    @Override
    public String toString() {
        return "%s %s: %s".formatted(kind, where, what);
    }
}
