package dev.evalfleet.producer.dispatch.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the aggregator has no result for, and when to believe it: when nothing more is under way, the aggregator has
/// read all results, and it has said since then that nobody has one. Without such a word its last one counts after a
/// long while. As long as it has not read the results, it cannot know.
final class MissingPositions {
    private static final int OLD_WORD = 10;

    private List<Long> listed = List.of();
    private Instant listedAt = Instant.MIN;
    private @Nullable Instant quietSince;
    private @Nullable BooleanSupplier resultsRead;

    /// The aggregator's word, as of now.
    void listed(List<Long> positions, Instant now) {
        listed = List.copyOf(positions);
        listedAt = now;
    }

    /// Something is under way again.
    void stirred() {
        quietSince = null;
        resultsRead = null;
    }

    /// Whether one of the positions below this one is said to be missing.
    boolean anyBelow(long position) {
        return listed.stream().anyMatch(missing -> missing < position);
    }

    /// The missing positions, when they are to be believed; called again and again while nothing is under way.
    ///
    /// @param results remembers the results there are now, and tells whether the aggregator has read them
    /// @param settle how long results may take from the workers' commit to the aggregator
    /// @param ask asks the aggregator to say again what it misses
    List<Long> believed(Supplier<BooleanSupplier> results, Instant now, Duration settle, Runnable ask) {
        if (resultsRead == null) {
            resultsRead = results.get();
        }
        if (quietSince == null) {
            if (!resultsRead.getAsBoolean()) {
                return List.of();
            }
            quietSince = now;
            if (!listed.isEmpty()) {
                ask.run();
            }
        }
        boolean current = listedAt.isAfter(quietSince);
        if (now.isBefore(quietSince.plus(settle.multipliedBy(current ? 1 : OLD_WORD)))) {
            return List.of();
        }
        if (!listed.isEmpty() && !resultsRead.getAsBoolean()) {
            quietSince = null; // an aggregator came meanwhile, and has yet to read
            return List.of();
        }
        return listed;
    }
}
