package dev.evalfleet.worker.inference.djl.model;

import java.util.Arrays;

/// The tokens of a text, and where its context ends: the first `contextLength` of them are given, the others are asked
/// about.
public final class TokenSplit {

    private final long[] tokens;
    private final int contextLength;

    TokenSplit(long[] tokens, int contextLength) {
        this.tokens = tokens;
        this.contextLength = contextLength;
    }

    public int contextLength() {
        return contextLength;
    }

    public int continuationLength() {
        return tokens.length - contextLength;
    }

    public long[] continuation() {
        return Arrays.copyOfRange(tokens, contextLength, tokens.length);
    }

    /// What the model is fed to predict the continuation: everything but the last token, cut on the left to `most`.
    public long[] input(int most) {
        int end = tokens.length - 1;
        return Arrays.copyOfRange(tokens, Math.max(0, end - most), end);
    }
}
