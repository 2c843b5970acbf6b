package dev.evalfleet.producer.dispatch.pool;

import dev.evalfleet.producer.dispatch.DispatchSettings;
import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.Routing;
import dev.evalfleet.producer.dispatch.RunSamples;
import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.producer.dispatch.log.Delivery;
import dev.evalfleet.producer.dispatch.log.DispatchLog;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.producer.dispatch.run.DispatchRun;
import dev.evalfleet.producer.dispatch.run.OpenSpools;
import dev.evalfleet.producer.dispatch.run.RunBook;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Sample;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one pool's outstanding work between its marks, taking samples from its open runs in proportion to their
/// weight.
public final class PoolFeed {
    private static final Logger LOG = LoggerFactory.getLogger(PoolFeed.class);

    private static final int MOST_LOST = 10_000;

    private final Pool pool;
    private final RunBook book;
    private final OpenSpools spools;
    private final DispatchLog log;
    private final PoolMeters meters;
    private final DispatchSettings settings;
    private final Window window;
    private final Routing routing;
    private final StallWatch stall;
    private final FairShare<DispatchRun> share = new FairShare<>(DispatchRun::weight);
    private final List<Sent> sent = new ArrayList<>();
    private @Nullable Alert unsaid;
    private @Nullable CompletableFuture<Delivery> saying;

    private record Sent(DispatchRun run, long position, int partition, CompletableFuture<Delivery> delivery) {}

    /// A run that cannot be dispatched, and why.
    public record Failure(DispatchRun run, String reason) {}

    public PoolFeed(
            Pool pool, RunBook book, OpenSpools spools, DispatchLog log, PoolMeters meters, DispatchSettings settings) {
        this.pool = pool;
        this.book = book;
        this.spools = spools;
        this.log = log;
        this.meters = meters;
        this.settings = settings;
        this.window = new Window(pool);
        this.routing = new Routing(pool.routing());
        this.stall = new StallWatch(pool.name(), settings.stalledAfter());
    }

    public Pool pool() {
        return pool;
    }

    /// Hands out what the pool may take now, at most a batch. The deliveries are known after the next flush; see
    /// [#settle].
    ///
    /// @param failures gets the runs whose samples cannot be had
    /// @return whether there is room and work for more at once
    public boolean topUp(Outstanding outstanding, Instant now, List<Failure> failures) {
        List<DispatchRun> runs = book.openIn(pool.name());
        observe(outstanding, runs, now);
        reconsiderMissing(outstanding, runs, now, failures);
        long room = window.room(outstanding);
        if (room == 0) {
            return false;
        }
        long[] load = outstanding.byPartition();
        long most = window.mostPerPartition(load.length);
        Map<DispatchRun, RunSamples> ready = ready(runs, now, failures);
        share.begin(ready.keySet());
        for (long budget = Math.min(room, settings.batch()); budget > 0; budget--) {
            DispatchRun run = share.next();
            if (run == null) {
                return false;
            }
            int partition = routing.next(load, most);
            if (partition == Routing.NOWHERE || !handOut(run, ready.get(run), partition, now, failures)) {
                return false;
            }
            load[partition]++;
            share.served(run, run.hasWork(book.limit(run, window.high())));
        }
        return room > settings.batch();
    }

    /// Takes note of how the sends ended.
    ///
    /// @return why a send failed, if one did
    public @Nullable RuntimeException settle() {
        RuntimeException cause = null;
        for (Sent one : sent) {
            DispatchRun run = one.run();
            switch (one.delivery().join()) {
                case Delivery.Arrived(long offset) -> {
                    meters.dispatched(run.sendCount(one.position()));
                    run.acknowledged(one.position(), one.partition(), offset);
                }
                case Delivery.Refused(String reason) -> giveUp(run, one.position(), reason);
                case Delivery.Failed(RuntimeException failed) -> {
                    run.returned(one.position());
                    cause = failed;
                }
            }
            if (!run.hasWork()) {
                spools.release(run.id());
            }
        }
        sent.clear();
        return cause;
    }

    private void observe(Outstanding outstanding, List<DispatchRun> runs, Instant now) {
        window.observe(outstanding, now);
        Alert stalled = stall.observe(outstanding, !runs.isEmpty(), now, () -> log.workers(pool));
        unsaid = stalled == null ? unsaid : stalled;
        sayUnsaid();
        meters.observed(outstanding.total(), outstanding.lag(), window.high(), stall.isStalled());
        meters.openRuns(runs.size());
    }

    // It counts as said once it is on its way and did not fail at once; a later failure is noticed at the next look.
    private void sayUnsaid() {
        if (saying != null && saying.isDone()) {
            unsaid = saying.join() instanceof Delivery.Arrived ? null : unsaid;
            saying = null;
        }
        if (unsaid != null && saying == null) {
            saying = log.publish(unsaid);
        }
    }

    private void reconsiderMissing(
            Outstanding outstanding, List<DispatchRun> runs, Instant now, List<Failure> failures) {
        for (DispatchRun run : runs) {
            int lost = run.reconsiderMissing(
                    outstanding, book.limit(run, window.high()), log::resultsRead, now, settings.settle());
            if (lost > 0) {
                meters.lost(lost);
                LOG.warn(
                        "gave up samples run={} count={}: sent {} times without a result",
                        run.id(),
                        lost,
                        DispatchRun.MOST_RESENDS + 1);
            }
            if (run.lost() > MOST_LOST) {
                failures.add(new Failure(run, run.lost() + " of its samples could not be sent or got no result"));
            }
        }
    }

    /// The runs that have something to send and their spool open.
    private Map<DispatchRun, RunSamples> ready(List<DispatchRun> runs, Instant now, List<Failure> failures) {
        Map<DispatchRun, RunSamples> ready = new LinkedHashMap<>();
        for (DispatchRun run : runs) {
            if (!run.hasWork(book.limit(run, window.high()))) {
                continue;
            }
            try {
                RunSamples samples = spools.of(run, now);
                if (samples != null) {
                    ready.put(run, samples);
                }
            } catch (SpoolException e) {
                failures.add(new Failure(run, String.valueOf(e.getMessage())));
            }
        }
        return ready;
    }

    /// @return whether to go on
    private boolean handOut(
            DispatchRun run, @Nullable RunSamples samples, int partition, Instant now, List<Failure> failures) {
        long position = run.take();
        try {
            Sample sample = Objects.requireNonNull(samples).at(position);
            int sendCount = run.sendCount(position);
            if (sendCount > 0) {
                sample = Sample.newBuilder(sample).setSendCount(sendCount).build();
            }
            CompletableFuture<Delivery> delivery = log.send(pool, partition, sample);
            sent.add(new Sent(run, position, partition, delivery));
            window.filled();
            return !(delivery.getNow(null) instanceof Delivery.Failed);
        } catch (UncheckedIOException e) {
            run.returned(position);
            reopen(run, e, now, failures);
            return false;
        } catch (RuntimeException e) {
            giveUp(run, position, "it cannot be rendered: " + e);
            return true;
        }
    }

    private void reopen(DispatchRun run, UncheckedIOException cause, Instant now, List<Failure> failures) {
        try {
            spools.reopen(run, cause, now);
        } catch (SpoolException e) {
            failures.add(new Failure(run, String.valueOf(e.getMessage())));
        }
    }

    private void giveUp(DispatchRun run, long position, String reason) {
        run.giveUp(position);
        meters.lost(1);
        LOG.warn("gave up a sample run={} position={}: {}", run.id(), position, reason);
    }
}
