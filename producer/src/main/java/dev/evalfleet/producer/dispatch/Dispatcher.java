package dev.evalfleet.producer.dispatch;

import dev.evalfleet.producer.dispatch.log.ActiveProducer;
import dev.evalfleet.producer.dispatch.log.DispatchLog;
import dev.evalfleet.producer.dispatch.log.KafkaDispatchLog;
import dev.evalfleet.producer.dispatch.pool.PoolMeters;
import dev.evalfleet.runtime.Service;
import dev.evalfleet.runtime.UnreachableException;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.Topics;
import dev.evalfleet.schemas.wire.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends the samples of all open runs to their pools, never more than a window ahead of the workers. It learns
/// everything from topics, and so does its successor: runs from `plans`, how far they are from `dispatch`, what to stop
/// from `control`, what is missing and what is closed from `runs`.
///
/// One thread does all of it. Of several producers one is active ([ActiveProducer]); the others wait here.
public final class Dispatcher implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

    private final Fleet fleet;
    private final PoolCatalogue pools;
    private final RunSamplesSource samples;
    private final DispatchSettings settings;
    private final InstantSource clock = InstantSource.system();
    private final Map<String, PoolMeters> meters = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running;
    private volatile String waitingFor = "starting";
    private @Nullable Thread thread;

    // Used by the dispatching thread only.
    private @Nullable Turn turn;
    private Instant troubleSaid = Instant.MIN;

    /// What exists only while this producer is the active one.
    ///
    /// @param news what the follower has read and the shift has not seen yet
    private record Turn(
            DispatchLog log, DispatchShift shift, TopicFollower follower, ConcurrentLinkedQueue<Runnable> news) {}

    public Dispatcher(Fleet fleet, PoolCatalogue pools, RunSamplesSource samples, DispatchSettings settings) {
        this.fleet = fleet;
        this.pools = pools;
        this.samples = samples;
        this.settings = settings;
        pools.pools().forEach(pool -> meters.put(pool.name(), new PoolMeters(fleet.meters(), pool.name())));
    }

    @Override
    public String name() {
        return "dispatcher";
    }

    @Override
    public void start() {
        Topics topics = fleet.topics();
        fleet.ensure(List.of(topics.plans(), topics.dispatch(), topics.control(), topics.runs(), topics.alerts()));
        running = true;
        thread = Thread.ofPlatform().name(name()).start(this::run);
    }

    /// Standing by is being ready: there is nothing to wait for.
    @Override
    public boolean ready() {
        return running && waitingFor.isEmpty();
    }

    @Override
    public String waitingFor() {
        return waitingFor;
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void close() {
        running = false;
        Thread dispatching = thread;
        if (dispatching == null || dispatching == Thread.currentThread()) {
            return;
        }
        try {
            if (!dispatching.join(STOP)) {
                LOG.warn("dispatcher did not stop after={}", STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (ActiveProducer active = new ActiveProducer(fleet, settings.takeoverAfter(), this::handOver)) {
            Duration pause = settings.tick();
            while (running) {
                boolean isMine = active.poll(pause);
                boolean more = isMine ? work() : standBy();
                pause = more ? Duration.ZERO : settings.tick();
            }
        } catch (RuntimeException e) {
            LOG.error("dispatcher failed", e);
            ended.completeExceptionally(e);
        } finally {
            running = false;
            endTurn();
            ended.complete(null);
        }
    }

    /// @return whether there is more to do at once
    private boolean work() {
        try {
            Turn now = turn == null ? beginTurn() : turn;
            for (Runnable piece = now.news().poll();
                    piece != null;
                    piece = now.news().poll()) {
                piece.run();
            }
            if (now.follower().ended().isCompletedExceptionally()) {
                endTurn(); // to begin again from the start of the topics
                throw failure(now.follower().ended().exceptionNow());
            }
            if (!now.follower().caughtUp() || !now.news().isEmpty()) {
                waitingFor = now.follower().waitingFor();
                return false;
            }
            boolean more = now.shift().tick(clock.instant());
            waitingFor = "";
            return more;
        } catch (KafkaException | RegistryUnavailableException | UnreachableException e) {
            trouble(e);
            return false;
        }
    }

    private boolean standBy() {
        endTurn();
        waitingFor = "";
        return false;
    }

    private Turn beginTurn() {
        LOG.info("dispatching pools={}", meters.keySet());
        Topics topics = fleet.topics();
        DispatchLog log = new KafkaDispatchLog(fleet);
        DispatchShift shift = new DispatchShift(pools, log, samples, meters, settings);
        ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
        TopicFollower follower = new TopicFollower(fleet, "dispatcher-follower")
                .on(topics.control(), at -> news.add(() -> shift.control(at.value())))
                .on(topics.dispatch(), at -> news.add(() -> shift.cursor(at.value())))
                .on(topics.runs(), at -> news.add(() -> shift.state(at.value(), clock.instant())))
                .on(topics.plans(), at -> news.add(() -> shift.plan(at.key(), at.value(), clock.instant())));
        Turn begun = new Turn(log, shift, follower, news);
        turn = begun;
        follower.start();
        return begun;
    }

    private void handOver() {
        if (turn == null) {
            return;
        }
        try {
            turn.shift().handOver(clock.instant());
        } catch (KafkaException | RegistryUnavailableException e) {
            LOG.warn("cursors could not be handed over: {}", e.toString());
        }
        endTurn();
    }

    private void endTurn() {
        Turn ending = turn;
        turn = null;
        if (ending != null) {
            ending.follower().close();
            ending.shift().close();
            ending.log().close();
            meters.values().forEach(PoolMeters::standBy);
            LOG.info("stopped dispatching");
        }
    }

    private static RuntimeException failure(Throwable cause) {
        return cause instanceof RuntimeException failure
                ? failure
                : new KafkaException("could not follow the topics", cause);
    }

    // What passes is waited for; what the operator must put right ends the process.
    private void trouble(RuntimeException problem) {
        if (problem instanceof AuthorizationException || problem instanceof AuthenticationException) {
            throw problem;
        }
        waitingFor = String.valueOf(problem.getMessage());
        Instant now = clock.instant();
        if (now.isAfter(troubleSaid.plus(SAY_AGAIN))) {
            troubleSaid = now;
            LOG.warn("dispatch waits: {}", problem.toString());
        }
    }
}
