package dev.evalfleet.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the process when the wall clock goes back: Kafka's clients wait until a time that was already there has come
/// again, and until then send no heartbeat, commit nothing and tick nothing, for hours if need be. A new process has
/// no such memory. A clock that goes forward is only told of: sessions expire and begin anew.
public final class ClockWatch implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// What the shortest session of a group outlives: brokers accept none below 6 s.
    static final Duration TOLERATED = Duration.ofSeconds(5);

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clock-watch").factory());
    private Instant wallBefore;
    private long nanosBefore;

    public ClockWatch() {
        this(InstantSource.system(), System::nanoTime);
    }

    ClockWatch(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.wallBefore = wall.instant();
        this.nanosBefore = nanoTime.getAsLong();
    }

    @Override
    public String name() {
        return "clock-watch";
    }

    @Override
    public void start() {
        var _ = looks.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Compares the way both clocks have gone since the last look.
    void look() {
        Instant wallNow = wall.instant();
        long nanosNow = nanoTime.getAsLong();
        Duration ahead = Duration.between(wallBefore, wallNow).minusNanos(nanosNow - nanosBefore);
        wallBefore = wallNow;
        nanosBefore = nanosNow;
        if (ahead.compareTo(TOLERATED.negated()) < 0) {
            ended.completeExceptionally(new OperatorException(
                    "The clock of this machine went back by %s, to %s. This process ends, to be started again: its Kafka clients would do nothing until the time before has come again"
                            .formatted(ahead.negated().truncatedTo(java.time.temporal.ChronoUnit.MILLIS), wallNow)));
        } else if (ahead.compareTo(TOLERATED) > 0) {
            LOG.warn("the clock of this machine went forward by={} to={}", ahead, wallNow);
        }
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
