package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.schemas.avro.GenerationParams;
import java.util.Set;

/// A text to generate after these tokens.
public final class GenerationJob extends Job<GenerationJob.Text> {

    private final long[] prompt;
    private final int mostTokens;
    private final GenerationParams params;
    private final Set<Long> ends;
    private final long seed;

    /// What was generated; `firstTokenAt` is in the time of [System#nanoTime].
    public record Text(String text, String finishReason, int tokens, long firstTokenAt) {}

    public GenerationJob(long[] prompt, int mostTokens, GenerationParams params, Set<Long> ends, long seed) {
        this.prompt = prompt.clone();
        this.mostTokens = mostTokens;
        this.params = params;
        this.ends = Set.copyOf(ends);
        this.seed = seed;
    }

    long[] prompt() {
        return prompt;
    }

    int mostTokens() {
        return mostTokens;
    }

    GenerationParams params() {
        return params;
    }

    /// The tokens that end the text.
    Set<Long> ends() {
        return ends;
    }

    /// The same each time the job is tried.
    long seed() {
        return seed;
    }

    @Override
    public int length() {
        return prompt.length;
    }

    @Override
    public int width() {
        return prompt.length + mostTokens;
    }
}
