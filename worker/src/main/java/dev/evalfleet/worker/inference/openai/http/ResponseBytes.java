package dev.evalfleet.worker.inference.openai.http;

import dev.evalfleet.worker.inference.Completion;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The bytes of a response as they arrive: read by one thread, with a bound on silence and on size, and given up from
/// any other.
public final class ResponseBytes implements HttpResponse.BodySubscriber<ResponseBytes> {

    /// More than any answer: a server that sends this much has lost its way.
    static final int MOST_BYTES = 16 << 20;

    private sealed interface Event {
        record Bytes(List<ByteBuffer> buffers) implements Event {}

        record Failed(Throwable cause) implements Event {}

        record End() implements Event {}

        record GivenUp() implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;
    private boolean givenUp;
    private long size;

    @Override
    public CompletionStage<ResponseBytes> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        synchronized (this) {
            if (!givenUp) {
                subscription = subscribed;
                subscribed.request(1);
                return;
            }
        }
        subscribed.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        events.add(new Event.Failed(cause));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End());
    }

    /// Nobody reads on: the connection is closed, and a reader that waits is woken.
    void giveUp() {
        Flow.Subscription open;
        synchronized (this) {
            givenUp = true;
            open = subscription;
        }
        if (open != null) {
            open.cancel();
        }
        events.add(new Event.GivenUp());
    }

    /// The next bytes; null at the end.
    @Nullable
    List<ByteBuffer> next(Duration atMost) throws CallEnded, InterruptedException {
        Event event = events.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        return switch (event) {
            case null -> throw new CallEnded(new Completion.TimedOut(atMost));
            case Event.Bytes(var buffers) -> counted(buffers);
            case Event.End _ -> null;
            case Event.GivenUp _ -> throw new CallEnded(new Completion.Cancelled());
            case Event.Failed(var cause) -> throw new CallEnded(lost(cause));
        };
    }

    // Giving up cuts the connection, and may be noticed as that first.
    private synchronized Completion lost(Throwable cause) {
        return givenUp
                ? new Completion.Cancelled()
                : new Completion.Broken("connection_lost", "connection lost in the answer: " + cause);
    }

    /// All of it.
    public byte[] all(Duration longestSilence) throws CallEnded, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<ByteBuffer> buffers = next(longestSilence);
        while (buffers != null) {
            for (ByteBuffer buffer : buffers) {
                byte[] some = new byte[buffer.remaining()];
                buffer.get(some);
                bytes.writeBytes(some);
            }
            buffers = next(longestSilence);
        }
        return bytes.toByteArray();
    }

    private List<ByteBuffer> counted(List<ByteBuffer> buffers) throws CallEnded {
        for (ByteBuffer buffer : buffers) {
            size += buffer.remaining();
        }
        if (size > MOST_BYTES) {
            giveUp();
            throw new CallEnded(new Completion.Refused(
                    "answer_too_large", "the answer is larger than " + (MOST_BYTES >> 20) + " MiB"));
        }
        Flow.Subscription open;
        synchronized (this) {
            open = subscription;
        }
        if (open != null) {
            open.request(1);
        }
        return buffers;
    }
}
