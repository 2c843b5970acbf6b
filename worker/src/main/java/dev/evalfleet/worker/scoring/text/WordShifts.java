package dev.evalfleet.worker.scoring.text;

import dev.evalfleet.worker.scoring.text.BeamEditDistance.Alignment;
import org.jspecify.annotations.Nullable;

/// Moves runs of words of a hypothesis to where the reference has them, as long as that saves edits. Which moves
/// are tried, how many, and which of equally good ones is taken follows Tercom and sacrebleu, heuristics and limits
/// included: the result is theirs, and the work is bounded for any text.
final class WordShifts {

    private static final int LONGEST_RUN = 10;
    private static final int FARTHEST = 50;
    private static final int MOST_CANDIDATES = 1000;

    private final int[] reference;
    private final BeamEditDistance distance;
    private int[] words;
    private int candidates;

    WordShifts(int[] hypothesis, int[] reference) {
        this.words = hypothesis;
        this.reference = reference;
        this.distance = new BeamEditDistance(reference, hypothesis.length);
    }

    /// Moves made, and edits that remain after them.
    int edits() {
        int shifts = 0;
        Search search = new Search(distance.align(words));
        search.run();
        while (candidates < MOST_CANDIDATES && search.saved() > 0) {
            words = search.best();
            shifts++;
            search = new Search(distance.align(words));
            search.run();
        }
        return shifts + search.alignment.edits();
    }

    /// A move of `length` words at `start` to before the word at `target`, counted before the move.
    private record Shift(int saved, int length, int start, int target) {
        boolean isBetterThan(Shift other) {
            if (saved != other.saved) {
                return saved > other.saved;
            }
            if (length != other.length) {
                return length > other.length;
            }
            return start != other.start ? start < other.start : target < other.target;
        }

        int[] applyTo(int[] words) {
            int[] shifted = new int[words.length];
            int[] rest = new int[words.length - length];
            System.arraycopy(words, 0, rest, 0, start);
            System.arraycopy(words, start + length, rest, start, rest.length - start);
            int at = target <= start ? target : target > start + length ? target - length : target;
            at = Math.min(at, rest.length);
            System.arraycopy(rest, 0, shifted, 0, at);
            System.arraycopy(words, start, shifted, at, length);
            System.arraycopy(rest, at, shifted, at + length, rest.length - at);
            return shifted;
        }
    }

    /// The search for the best next move.
    private final class Search {
        private final Alignment alignment;
        private @Nullable Shift best;

        Search(Alignment alignment) {
            this.alignment = alignment;
        }

        int saved() {
            return best == null ? 0 : best.saved;
        }

        int[] best() {
            return best == null ? words : best.applyTo(words);
        }

        void run() {
            for (int start = 0; start < words.length; start++) {
                int first = Math.max(0, start - FARTHEST);
                int last = Math.min(reference.length - 1, start + FARTHEST);
                for (int wanted = first; wanted <= last; wanted++) {
                    tryRuns(start, wanted);
                    if (candidates >= MOST_CANDIDATES) {
                        return;
                    }
                }
            }
        }

        private void tryRuns(int start, int wanted) {
            int longest = Math.min(LONGEST_RUN, Math.min(words.length - start, reference.length - wanted));
            for (int length = 1;
                    length <= longest && words[start + length - 1] == reference[wanted + length - 1];
                    length++) {
                if (isWorthMoving(start, wanted, length)) {
                    tryTargets(start, wanted, length);
                }
                if (candidates >= MOST_CANDIDATES) {
                    return;
                }
            }
        }

        // Only what is wrong here and missing there, and not into itself.
        private boolean isWorthMoving(int start, int wanted, int length) {
            int there = alignment.hypothesisIndex(wanted);
            return alignment.hypothesisErrors(start, length) > 0
                    && alignment.referenceErrors(wanted, length) > 0
                    && (there < start || there >= start + length);
        }

        private void tryTargets(int start, int wanted, int length) {
            int previous = -1;
            for (int offset = -1; offset < length; offset++) {
                int target = wanted + offset < 0 ? 0 : alignment.hypothesisIndex(wanted + offset) + 1;
                if (target == previous) {
                    continue;
                }
                previous = target;
                Shift unmeasured = new Shift(0, length, start, target);
                int saved = alignment.edits() - distance.of(unmeasured.applyTo(words));
                Shift shift = new Shift(saved, length, start, target);
                candidates++;
                best = best == null || shift.isBetterThan(best) ? shift : best;
            }
        }
    }
}
