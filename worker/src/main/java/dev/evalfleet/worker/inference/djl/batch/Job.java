package dev.evalfleet.worker.inference.djl.batch;

import dev.evalfleet.worker.inference.Completion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One row of work for the engine, and the call that waits for it. Whoever ends it first wins; an ended job is dropped
/// by the engine before its next step.
public abstract sealed class Job<A> permits GenerationJob, ScoringJob {

    private final CompletableFuture<Reply<A>> reply = new CompletableFuture<>();

    /// What became of a job: an answer, or another end of the call it belongs to.
    public sealed interface Reply<A> {
        record Answer<A>(A value) implements Reply<A> {}

        record Ended<A>(Completion how) implements Reply<A> {}
    }

    /// Tokens fed before the first answer.
    public abstract int length();

    /// Most columns this row ever takes.
    public abstract int width();

    public final boolean open() {
        return !reply.isDone();
    }

    final void answer(A value) {
        reply.complete(new Reply.Answer<>(value));
    }

    /// The answer of a job that was answered.
    public final A answered() {
        if (reply.join() instanceof Reply.Answer<A>(A value)) {
            return value;
        }
        throw new IllegalStateException("not answered: " + reply.join());
    }

    public final void end(Completion how) {
        reply.complete(new Reply.Ended<>(how));
    }

    final void whenEnded(Runnable action) {
        var _ = reply.whenComplete((_, _) -> action.run());
    }

    /// Waits for the end, until this time of [System#nanoTime] at most, when `timeout` is over.
    public final Reply<A> await(long deadline, Duration timeout) {
        try {
            return reply.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            end(new Completion.TimedOut(timeout));
        } catch (InterruptedException e) {
            end(new Completion.Cancelled());
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return reply.join();
    }
}
