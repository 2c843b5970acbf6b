package dev.evalfleet.worker.inference.openai;

import dev.evalfleet.schemas.avro.Output;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text as it grows, cut before the first stop string even where the server does not do it.
final class GeneratedText {

    private final StringBuilder text = new StringBuilder();
    private final List<String> stops;
    private final int longestStop;
    private @Nullable String finishReason;
    private boolean stopped;

    GeneratedText(List<String> stops) {
        this.stops = stops;
        this.longestStop = stops.stream().mapToInt(String::length).max().orElse(0);
    }

    void append(String more) {
        if (stopped) {
            return;
        }
        int from = Math.max(0, text.length() - longestStop);
        text.append(more);
        int end = stops.stream()
                .mapToInt(stop -> text.indexOf(stop, from))
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        if (end >= 0) {
            text.setLength(end);
            stopped = true;
            finishReason = "stop";
        }
    }

    void finished(String reason) {
        if (finishReason == null) {
            finishReason = reason;
        }
    }

    /// A stop string came: what follows does not count.
    boolean stopped() {
        return stopped;
    }

    boolean hasFinished() {
        return finishReason != null;
    }

    Output output() {
        return Output.newBuilder()
                .setText(text.toString())
                .setFinishReason(finishReason)
                .build();
    }
}
