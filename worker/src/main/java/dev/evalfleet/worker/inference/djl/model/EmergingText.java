package dev.evalfleet.worker.inference.djl.model;

import java.util.Arrays;
import java.util.List;

/// The text of tokens that come one by one, watched for stop strings. A character may take several tokens, and a stop
/// string may start and end within one.
public final class EmergingText {

    private static final String INCOMPLETE = "\uFFFD";

    private final ModelTokenizer tokenizer;
    private final List<String> stops;
    private final StringBuilder text = new StringBuilder();
    private long[] tokens = new long[16];
    private int count;
    // Tokens up to `read` are in the text; decoding starts some tokens earlier, since neighbours change a token's text.
    private int read;
    private int start;

    public EmergingText(ModelTokenizer tokenizer, List<String> stops) {
        this.tokenizer = tokenizer;
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /// Adds a token.
    ///
    /// @return true when the text now holds a stop string
    public boolean add(long token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        return !stops.isEmpty() && grown() && stops.stream().anyMatch(whole()::contains);
    }

    // True when the new end of the text completes a stop string.
    private boolean grown() {
        String known = decode(start, read);
        String all = decode(start, count);
        if (all.length() <= known.length() || all.endsWith(INCOMPLETE)) {
            return false;
        }
        int before = text.length();
        text.append(all, known.length(), all.length());
        start = read;
        read = count;
        return stops.stream().anyMatch(stop -> text.indexOf(stop, Math.max(0, before - stop.length() + 1)) >= 0);
    }

    private String whole() {
        return decode(0, count);
    }

    private String decode(int from, int to) {
        return from == to ? "" : tokenizer.decode(Arrays.copyOfRange(tokens, from, to));
    }

    /// The text before the first stop string.
    public String text() {
        String cut = whole();
        for (String stop : stops) {
            int at = cut.indexOf(stop);
            cut = at < 0 ? cut : cut.substring(0, at);
        }
        return cut;
    }
}
