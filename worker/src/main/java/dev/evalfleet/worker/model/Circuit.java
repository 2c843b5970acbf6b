package dev.evalfleet.worker.model;

import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.Cancellation;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a model can be asked at all. An outage is not a regression: while the circuit is open samples wait, none
/// spends an attempt, and the backend is probed until it answers again, be it a probe or a call that was under way. It
/// is open until the first probe succeeded. A probe that hangs does not hold back the next.
final class Circuit implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Circuit.class);
    // Fewer than the attempts of a sample, so that an outage is noticed before a lone sample has spent them.
    private static final int BROKEN_IN_A_ROW = 3;

    private final String model;
    private final Backend backend;
    private final Duration firstPause;
    private final Duration longestPause;
    private final Cancellation closing = new Cancellation();
    private @Nullable String openReason;
    private Instant openedAt = Instant.now();
    private boolean everProbed;
    private int brokenInARow;
    private Duration pause;
    private Instant closedAt = Instant.EPOCH;
    private int openings;

    Circuit(String model, Backend backend, Duration firstPause, Duration longestPause) {
        this.model = model;
        this.backend = backend;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.pause = firstPause;
    }

    /// Opens the circuit for the first probe.
    synchronized void start() {
        open("not asked yet");
    }

    /// Waits until the model can be asked; false when cancelled meanwhile.
    boolean await(Cancellation cancellation) throws InterruptedException {
        try (var _ = cancellation.onRequest(this::wake)) {
            synchronized (this) {
                while (openReason != null && !cancellation.requested()) {
                    wait();
                }
                return !cancellation.requested();
            }
        }
    }

    /// Why the model cannot be asked now; null when it can.
    synchronized @Nullable String openReason() {
        return openReason;
    }

    /// Whether a probe has ever succeeded.
    synchronized boolean everProbed() {
        return everProbed;
    }

    synchronized void answered() {
        brokenInARow = 0;
        if (openReason != null && everProbed) {
            closeCircuit();
        }
    }

    /// A call broke. True when it did so in an outage, so that the sample is not to blame.
    synchronized boolean broken(String reason) {
        if (openReason != null) {
            return true;
        }
        if (++brokenInARow >= BROKEN_IN_A_ROW) {
            open(brokenInARow + " calls in a row broke, the last one: " + reason);
        }
        return false;
    }

    synchronized void unavailable(String reason) {
        if (openReason == null) {
            open(reason);
        }
    }

    private void open(String reason) {
        openReason = reason;
        openedAt = Instant.now();
        // A probe that succeeds just before calls fail again must not make the pauses short each time.
        if (Duration.between(closedAt, openedAt).compareTo(longestPause) > 0) {
            pause = firstPause;
        }
        if (everProbed) {
            log.warn("model unavailable, its samples wait: model={} reason={}", model, reason);
        }
        int opening = ++openings;
        Thread.ofVirtual().name("probing-" + model).start(() -> probeWhileOpen(opening));
    }

    private void probeWhileOpen(int opening) {
        try {
            boolean atOnce = !everProbed();
            while ((atOnce || !closing.await(nextPause())) && isOpen(opening)) {
                atOnce = false;
                Thread.ofVirtual().name("probe-" + model).start(() -> probe(opening));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isOpen(int opening) {
        return openReason != null && opening == openings;
    }

    private synchronized Duration nextPause() {
        Duration now = pause;
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
        return now;
    }

    private void probe(int opening) {
        String problem;
        try {
            backend.probe();
            problem = null;
        } catch (BackendException e) {
            problem = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            problem = "probe failed: " + e;
        }
        probed(opening, problem);
    }

    private synchronized void probed(int opening, @Nullable String problem) {
        if (!isOpen(opening)) {
            return; // another probe was faster
        }
        if (problem == null) {
            closeCircuit();
            return;
        }
        if (!problem.equals(openReason)) {
            log.warn("model unavailable, its samples wait: model={} reason={}", model, problem);
        }
        openReason = problem;
    }

    private void closeCircuit() {
        Duration outage = Duration.between(openedAt, Instant.now());
        log.info("model answers: model={} endpoint={} after={}s", model, backend.endpoint(), outage.toSeconds());
        openReason = null;
        closedAt = Instant.now();
        everProbed = true;
        brokenInARow = 0;
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }

    @Override
    public void close() {
        closing.request();
    }
}
