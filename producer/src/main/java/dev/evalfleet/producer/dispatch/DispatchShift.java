package dev.evalfleet.producer.dispatch;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.log.Delivery;
import dev.evalfleet.producer.dispatch.log.DispatchLog;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.producer.dispatch.pool.PoolFeed;
import dev.evalfleet.producer.dispatch.pool.PoolMeters;
import dev.evalfleet.producer.dispatch.run.DispatchRun;
import dev.evalfleet.producer.dispatch.run.LimitWatch;
import dev.evalfleet.producer.dispatch.run.OpenSpools;
import dev.evalfleet.producer.dispatch.run.RunBook;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The time in which this producer is active: begins with what the topics say, ends with every cursor written. One
/// thread.
final class DispatchShift implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchShift.class);
    private static final Duration START_GROUP_AGAIN = Duration.ofSeconds(5);

    private final DispatchLog log;
    private final DispatchSettings settings;
    private final OpenSpools spools;
    private final RunBook book;
    private final LimitWatch limits = new LimitWatch();
    private final Map<String, PoolFeed> feeds = new LinkedHashMap<>();
    private final Map<String, Instant> looked = new HashMap<>();
    private final Map<String, Instant> groupStarted = new HashMap<>();
    private final Set<String> unservedPools = new HashSet<>();
    private final List<RunControl> unsaid = new ArrayList<>();
    private boolean prepared;

    DispatchShift(
            PoolCatalogue pools,
            DispatchLog log,
            RunSamplesSource samples,
            Map<String, PoolMeters> meters,
            DispatchSettings settings) {
        this.log = log;
        this.settings = settings;
        this.spools = new OpenSpools(samples, settings.openRuns(), settings.spoolPatience());
        this.book = new RunBook(run -> spools.release(run.id()));
        for (Pool pool : pools.pools()) {
            PoolMeters ofPool = Objects.requireNonNull(meters.get(pool.name()));
            feeds.put(pool.name(), new PoolFeed(pool, book, spools, log, ofPool, settings));
        }
    }

    void plan(String key, @Nullable RunPlan plan, Instant now) {
        if (plan == null) {
            book.forget(key);
            limits.forget(key);
        } else {
            book.plan(plan, now);
        }
    }

    void cursor(@Nullable DispatchCursor cursor) {
        if (cursor != null) {
            book.cursor(cursor);
        }
    }

    void control(@Nullable RunControl control) {
        if (control != null) {
            book.control(control);
        }
    }

    void state(@Nullable RunState state, Instant now) {
        if (state != null) {
            book.state(state, now);
            limits.state(state);
        }
    }

    /// One look at all pools: tops up, writes cursors, deletes what is finished.
    ///
    /// @return whether there is more to do at once
    boolean tick(Instant now) {
        if (!prepared) {
            log.prepare(feeds.values().stream().map(PoolFeed::pool).toList());
            prepared = true;
        }
        limits.reached(book.open(), now).forEach(this::end);
        sayUnsaid();
        Set<String> busy = busyPools();
        List<PoolFeed> due = feeds.values().stream()
                .filter(feed -> busy.contains(feed.pool().name()) || isTrimDue(feed.pool(), now))
                .toList();
        if (due.isEmpty()) {
            return false;
        }
        Map<String, Outstanding> outstanding = outstanding(due);
        List<PoolFeed.Failure> failures = new ArrayList<>();
        boolean more = false;
        for (PoolFeed feed : due) {
            Outstanding ofPool =
                    Objects.requireNonNull(outstanding.get(feed.pool().name()));
            startGroup(feed.pool(), ofPool, now);
            more |= feed.topUp(ofPool, now, failures);
        }
        settle(now, settings.cursorInterval());
        failures.forEach(failure -> fail(failure, now));
        due.forEach(feed -> trim(feed.pool(), outstanding, now));
        return more;
    }

    /// Leaves everything as a successor needs it.
    void handOver(Instant now) {
        settle(now, Duration.ZERO);
    }

    @Override
    public void close() {
        spools.close();
    }

    // A deleted topic is made again at the next look; what was in it is found missing, and sent again.
    private Map<String, Outstanding> outstanding(List<PoolFeed> of) {
        try {
            return log.outstanding(of.stream().map(PoolFeed::pool).toList());
        } catch (UnknownTopicOrPartitionException e) {
            prepared = false;
            throw e;
        }
    }

    private Set<String> busyPools() {
        Set<String> busy = new HashSet<>();
        for (DispatchRun run : book.open()) {
            busy.add(run.pool());
            if (!feeds.containsKey(run.pool()) && unservedPools.add(run.pool())) {
                LOG.warn(
                        "run={} waits: its pool \"{}\" is not in producer.pools, which has {}",
                        run.id(),
                        run.pool(),
                        feeds.keySet());
            }
        }
        return busy;
    }

    // A group without offsets has never worked, or its offsets expired. If something of an open run was sent, its
    // place is the log start, below which everything was finished and deleted; else nothing before now concerns it.
    private void startGroup(Pool pool, Outstanding outstanding, Instant now) {
        Instant before = groupStarted.getOrDefault(pool.name(), Instant.MIN);
        if (outstanding.uncommitted().isEmpty() || now.isBefore(before.plus(START_GROUP_AGAIN))) {
            return;
        }
        groupStarted.put(pool.name(), now);
        boolean started = book.openIn(pool.name()).stream().anyMatch(DispatchRun::hasStarted);
        if (log.startGroup(pool, outstanding, !started)) {
            LOG.info(
                    "gave the group of pool={} offsets for partitions={} at the log {}",
                    pool.name(),
                    outstanding.uncommitted().size(),
                    started ? "start" : "end");
        }
    }

    // Of all feeds, also those that an aborted look left with deliveries unseen: a cursor must not run ahead of them.
    private void settle(Instant now, Duration cursorInterval) {
        log.flush();
        RuntimeException problem = null;
        for (PoolFeed feed : feeds.values()) {
            RuntimeException ofFeed = feed.settle();
            problem = ofFeed == null ? problem : ofFeed;
        }
        writeCursors(now, cursorInterval);
        if (problem != null) {
            throw problem;
        }
    }

    private void writeCursors(Instant now, Duration interval) {
        Map<DispatchRun, CompletableFuture<Delivery>> written = new LinkedHashMap<>();
        for (DispatchRun run : book.open()) {
            if (run.isCursorDue(now, interval)) {
                written.put(run, log.publish(run.cursor(now)));
                run.cursorWritten(now);
            }
        }
        if (written.isEmpty()) {
            return;
        }
        log.flush();
        written.forEach((run, delivery) -> {
            if (!(delivery.join() instanceof Delivery.Arrived)) {
                run.cursorFailed();
                LOG.warn("cursor not written run={}: {}", run.id(), delivery.join());
            }
        });
    }

    private void fail(PoolFeed.Failure failure, Instant now) {
        end(RunControl.newBuilder()
                .setId(failure.run().id())
                .setAction(ControlAction.CANCEL)
                .setReason(failure.reason())
                .setBy("producer")
                .setAt(now)
                .build());
    }

    private void end(RunControl control) {
        LOG.warn("ends id={} action={}: {}", control.getId(), control.getAction(), control.getReason());
        book.stop(control.getId());
        unsaid.add(control);
    }

    private void sayUnsaid() {
        if (unsaid.isEmpty()) {
            return;
        }
        Map<RunControl, CompletableFuture<Delivery>> said = new LinkedHashMap<>();
        unsaid.forEach(control -> said.put(control, log.publish(control)));
        log.flush();
        unsaid.removeIf(control -> Objects.requireNonNull(said.get(control)).join() instanceof Delivery.Arrived);
    }

    private boolean isTrimDue(Pool pool, Instant now) {
        return !now.isBefore(looked.getOrDefault(pool.name(), Instant.MIN).plus(settings.trimInterval()));
    }

    private void trim(Pool pool, Map<String, Outstanding> outstanding, Instant now) {
        if (isTrimDue(pool, now)) {
            looked.put(pool.name(), now);
            log.trim(pool, Objects.requireNonNull(outstanding.get(pool.name())));
        }
    }
}
