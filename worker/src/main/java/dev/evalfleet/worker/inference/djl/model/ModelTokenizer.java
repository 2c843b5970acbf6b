package dev.evalfleet.worker.inference.djl.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Text to tokens and back, as lm-eval does it with the same `tokenizer.json`. Safe for any number of threads.
///
/// Special tokens are added where the tokenizer itself adds them, unless the text already starts with the start token.
public final class ModelTokenizer implements AutoCloseable {

    // Without these the library silently cuts every text at 512 tokens.
    private static final Map<String, String> WHOLE = Map.of("truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;
    private volatile long startToken = -1;
    private volatile String startText = "";

    private ModelTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static ModelTokenizer open(ModelFolder folder) throws BackendException {
        try (var json = Files.newInputStream(folder.tokenizer())) {
            return new ModelTokenizer(HuggingFaceTokenizer.newInstance(json, WHOLE));
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new BackendException(
                    folder.tokenizer() + " is not a tokenizer that can be read: " + CausalModel.reason(e), e);
        }
    }

    void startsWith(long token) {
        startText = token < 0 ? "" : tokenizer.decode(new long[] {token}, false);
        startToken = token;
    }

    /// The tokens of a text.
    public long[] encode(String text) {
        boolean started = !startText.isEmpty() && text.startsWith(startText);
        return tokenizer.encode(text, !started, false).getIds();
    }

    /// The text of tokens, special ones left out.
    public String decode(long[] tokens) {
        return tokenizer.decode(tokens, true);
    }

    /// The one token whose text this is, or -1.
    long only(String text) {
        long[] ids = tokenizer.encode(text, false, false).getIds();
        return ids.length == 1 && tokenizer.decode(ids, false).equals(text) ? ids[0] : -1;
    }

    /// The special token (one that decoding leaves out) whose text this is, or -1.
    public long special(String text) {
        long id = only(text);
        return id >= 0 && tokenizer.decode(new long[] {id}, true).isEmpty() ? id : -1;
    }

    /// The tokens of a question: those of its context alone, then those of the whole behind as many. The same as the
    /// whole unless a token lies across the border; then this is what lm-eval asks. An empty context becomes the
    /// start token, if the model has one.
    public TokenSplit split(Question question) {
        if (question.context().isEmpty()) {
            return afterStart(
                    tokenizer.encode(question.continuation(), false, false).getIds());
        }
        Question clean = question.tokenizable();
        long[] whole = encode(clean.context() + clean.continuation());
        long[] context = clean.context().isEmpty() ? new long[0] : encode(clean.context());
        return context.length == 0 ? afterStart(whole) : new TokenSplit(joined(context, whole), context.length);
    }

    /// Disjoint windows of at most `length` predicted tokens that together predict every token of the text once; the
    /// first is predicted from the start token, later ones from the tokens before them.
    public List<TokenSplit> windows(String text, int length) {
        long[] tokens = encode(text);
        List<TokenSplit> windows = new ArrayList<>();
        for (int done = 0; done < tokens.length; ) {
            int end = Math.min(tokens.length, done + length);
            if (done == 0) {
                windows.add(new TokenSplit(prepend(startToken, Arrays.copyOf(tokens, end)), startToken < 0 ? 0 : 1));
            } else {
                // A short last window sees as much of what is before it as fits.
                int from = end - length - 1;
                windows.add(new TokenSplit(Arrays.copyOfRange(tokens, from, end), done - from));
            }
            done = end;
        }
        return windows;
    }

    private TokenSplit afterStart(long[] tokens) {
        boolean started = tokens.length > 0 && tokens[0] == startToken;
        return new TokenSplit(started ? tokens : prepend(startToken, tokens), startToken < 0 ? 0 : 1);
    }

    private static long[] joined(long[] context, long[] whole) {
        long[] all = Arrays.copyOf(whole, Math.max(context.length, whole.length));
        System.arraycopy(context, 0, all, 0, context.length);
        return all;
    }

    private static long[] prepend(long first, long[] rest) {
        if (first < 0) {
            return rest;
        }
        long[] all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
