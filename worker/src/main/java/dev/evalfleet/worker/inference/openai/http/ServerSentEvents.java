package dev.evalfleet.worker.inference.openai.http;

import dev.evalfleet.worker.inference.Completion;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `data` of a stream of server-sent events. Other fields and comments are skipped; lines end in LF or CRLF.
public final class ServerSentEvents {

    private static final int LONGEST_LINE = 4 << 20;

    private final ResponseBytes bytes;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private final Deque<String> ready = new ArrayDeque<>();
    private boolean ended;

    public ServerSentEvents(ResponseBytes bytes) {
        this.bytes = bytes;
    }

    /// The data of the next event; null at the end. What stands at the end without its empty line counts as an event.
    public @Nullable String next(Duration atMost) throws CallEnded, InterruptedException {
        while (ready.isEmpty() && !ended) {
            List<ByteBuffer> buffers = bytes.next(atMost);
            if (buffers == null) {
                ended = true;
                endLine();
                endEvent();
            } else {
                for (ByteBuffer buffer : buffers) {
                    take(buffer);
                }
            }
        }
        return ready.poll();
    }

    private void take(ByteBuffer buffer) throws CallEnded {
        while (buffer.hasRemaining()) {
            byte b = buffer.get();
            if (b == '\n') {
                endLine();
            } else {
                line.write(b);
            }
        }
        if (line.size() > LONGEST_LINE) {
            bytes.giveUp();
            throw new CallEnded(new Completion.Broken(
                    "malformed_answer", "a line of the stream is longer than " + (LONGEST_LINE >> 20) + " MiB"));
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isEmpty()) {
            endEvent();
        } else if (text.startsWith("data:")) {
            data.append(data.isEmpty() ? "" : "\n").append(text, text.startsWith("data: ") ? 6 : 5, text.length());
        }
    }

    private void endEvent() {
        if (!data.isEmpty()) {
            ready.add(data.toString());
            data.setLength(0);
        }
    }
}
