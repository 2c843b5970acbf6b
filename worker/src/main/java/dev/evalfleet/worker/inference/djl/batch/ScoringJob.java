package dev.evalfleet.worker.inference.djl.batch;

import java.util.ArrayList;
import java.util.List;

/// Continuations whose probability is asked; all of them follow from the same tokens fed.
public final class ScoringJob extends Job<List<ScoringJob.Likelihood>> {

    private final long[] input;
    private final List<long[]> continuations = new ArrayList<>();

    public record Likelihood(double logProbability, boolean greedy) {}

    public ScoringJob(long[] input) {
        this.input = input.clone();
    }

    /// Asks for these tokens: the last of them follows the last token of the input.
    ///
    /// @return place of the answer
    public int ask(long[] continuation) {
        continuations.add(continuation.clone());
        return continuations.size() - 1;
    }

    long[] input() {
        return input;
    }

    List<long[]> continuations() {
        return continuations;
    }

    /// The token of the input after which this continuation starts.
    int start(long[] continuation) {
        return input.length - continuation.length;
    }

    @Override
    public int length() {
        return input.length;
    }

    @Override
    public int width() {
        return input.length;
    }
}
