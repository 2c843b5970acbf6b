package dev.evalfleet.producer.dispatch.run;

import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.producer.dispatch.RunSamplesSource;
import dev.evalfleet.producer.dispatch.SpoolException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The spools that are open for dispatch, a bounded number. They are opened on a thread of their own, because
/// rebuilding
/// one may take as long as reading its dataset; until then the run sends nothing.
public final class OpenSpools implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSpools.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final RunSamplesSource source;
    private final int most;
    private final Duration patience;
    private final Map<String, Future<RunSamples>> spools = new HashMap<>();
    private final Map<String, Trouble> troubles = new HashMap<>();
    private final ExecutorService opener = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("spool-opener").daemon().factory());

    private record Trouble(Instant since, Instant notBefore) {}

    /// @param most spools open at once; further runs wait until one is released
    /// @param patience how long a spool that cannot be had for now is tried again
    public OpenSpools(RunSamplesSource source, int most, Duration patience) {
        this.source = source;
        this.most = most;
        this.patience = patience;
    }

    /// The samples of a run, or null while they are being opened or wait for their turn.
    ///
    /// @throws SpoolException when they cannot be had, and trying again will not help
    public @Nullable RunSamples of(DispatchRun run, Instant now) throws SpoolException {
        Future<RunSamples> spool = spools.get(run.id());
        if (spool == null) {
            Trouble trouble = troubles.get(run.id());
            if (spools.size() < most && (trouble == null || !now.isBefore(trouble.notBefore()))) {
                spools.put(run.id(), opener.submit(() -> source.open(run.plan())));
            }
            return null;
        }
        return switch (spool.state()) {
            case SUCCESS -> spool.resultNow();
            case RUNNING, CANCELLED -> null;
            case FAILED -> {
                spools.remove(run.id());
                later(run, spool.exceptionNow(), now);
                yield null;
            }
        };
    }

    /// Reading a spool failed: it is opened again.
    public void reopen(DispatchRun run, Exception cause, Instant now) throws SpoolException {
        discard(run.id());
        later(run, SpoolException.temporary(String.valueOf(cause.getMessage()), cause), now);
    }

    /// The run needs its samples no more, at least for now.
    public void release(String runId) {
        troubles.remove(runId);
        discard(runId);
    }

    @Override
    public void close() {
        for (String runId : spools.keySet().toArray(String[]::new)) {
            release(runId);
        }
        opener.shutdown();
        try {
            if (!opener.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                opener.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            opener.shutdownNow();
        }
    }

    private void discard(String runId) {
        Future<RunSamples> spool = spools.remove(runId);
        if (spool != null) {
            opener.execute(() -> closeQuietly(runId, spool));
        }
    }

    private void later(DispatchRun run, Throwable cause, Instant now) throws SpoolException {
        if (!(cause instanceof SpoolException failure)) {
            throw SpoolException.lasting("its samples cannot be opened: " + cause, cause);
        }
        Trouble before = troubles.get(run.id());
        boolean goesOn = before != null && !now.isAfter(before.notBefore().plus(patience));
        Instant since = before != null && goesOn ? before.since() : now;
        if (!failure.isTemporary() || now.isAfter(since.plus(patience))) {
            throw failure;
        }
        troubles.put(run.id(), new Trouble(since, now.plus(RETRY)));
        LOG.warn("samples cannot be had for now run={} retryIn={} cause=\"{}\"", run.id(), RETRY, failure.getMessage());
    }

    private static void closeQuietly(String runId, Future<RunSamples> spool) {
        try {
            if (spool.state() == Future.State.SUCCESS) {
                spool.resultNow().close();
            }
        } catch (RuntimeException e) {
            LOG.warn("could not close the samples of run={}", runId, e);
        }
    }
}
