package dev.evalfleet.runtime;

import java.util.concurrent.CompletableFuture;

/// A part of a process that is started and stopped.
public interface Service extends AutoCloseable {
    String name();

    void start() throws Exception;

    /// Whether it does its work now; until then [#waitingFor()] says what is missing.
    default boolean ready() {
        return true;
    }

    /// What it waits for while it is not ready, in a few words.
    default String waitingFor() {
        return "starting";
    }

    /// Completes when the service stops by itself; exceptionally when it failed.
    default CompletableFuture<Void> ended() {
        return new CompletableFuture<>();
    }

    /// Finishes or hands back what is in flight, within a bounded time. Closing twice is allowed, as is closing what
    /// was never started.
    @Override
    void close();
}
