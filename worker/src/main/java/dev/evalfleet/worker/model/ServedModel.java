package dev.evalfleet.worker.model;

import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.worker.inference.Backend;
import dev.evalfleet.worker.inference.Cancellation;
import dev.evalfleet.worker.inference.Completion;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One model: asks its backend within the concurrency limit, again when that may help, and not at all while it is
/// unavailable.
public final class ServedModel implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServedModel.class);

    private final String name;
    private final Backend backend;
    private final RetrySettings retries;
    private final ConcurrencyLimit limit;
    private final RetryBudget budget;
    private final Circuit circuit;
    private final CallMetrics metrics;
    private final Cancellation stopping = new Cancellation();
    private final ScheduledThreadPoolExecutor timers;

    /// @param worker who serves it, for metrics
    public ServedModel(
            String worker, String name, Backend backend, int concurrency, RetrySettings retries, MeterRegistry meters) {
        this.name = name;
        this.backend = backend;
        this.retries = retries;
        this.limit = new ConcurrencyLimit(concurrency, System::nanoTime);
        this.budget = new RetryBudget(retries.share(), System::nanoTime);
        this.circuit = new Circuit(name, backend, retries.firstBackoff().dividedBy(4), retries.longestBackoff());
        this.metrics = new CallMetrics(meters, worker, name, backend.endpoint());
        this.timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("timeouts-" + name).factory());
        timers.setRemoveOnCancelPolicy(true);
        metrics.watch(limit, circuit);
    }

    /// One inference on a backend.
    @FunctionalInterface
    public interface Call {
        Completion on(Backend backend, Cancellation cancellation);
    }

    public String name() {
        return name;
    }

    /// Starts probing; calls wait until a probe succeeded.
    public void start() {
        circuit.start();
    }

    /// Whether a probe has ever succeeded.
    public boolean everAvailable() {
        return circuit.everProbed();
    }

    /// Why the model cannot be asked now; null when it can.
    public @Nullable String unavailable() {
        return circuit.openReason();
    }

    public Backend backend() {
        return backend;
    }

    /// From now on no call starts: what waits is given up, what is under way may end.
    public void admitNoMore() {
        stopping.request();
    }

    /// Asks until the model answered, or it is certain that it will not.
    public Asked ask(Call call, Cancellation cancellation) throws InterruptedException {
        Cancellation waiting = new Cancellation();
        try (var _ = cancellation.onRequest(waiting::request);
                var _ = stopping.onRequest(waiting::request)) {
            return new Asking(call, cancellation, waiting).untilDone();
        }
    }

    /// The attempts of one inference.
    private final class Asking {
        private final Call call;
        private final Cancellation cancellation;
        private final Cancellation waiting;
        private int attempts;
        private int charged;
        private int throttled;
        private Duration lastTook = Duration.ZERO;
        private Duration spent = Duration.ZERO;

        Asking(Call call, Cancellation cancellation, Cancellation waiting) {
            this.call = call;
            this.cancellation = cancellation;
            this.waiting = waiting;
        }

        Asked untilDone() throws InterruptedException {
            while (true) {
                ConcurrencyLimit.Permit permit = circuit.await(waiting) ? limit.acquire(waiting) : null;
                if (permit == null) {
                    return new Asked.GivenUp();
                }
                Completion completion = attempt(permit);
                Asked end = judge(completion);
                if (end != null) {
                    return end;
                }
                metrics.retried(completion);
            }
        }

        private Completion attempt(ConcurrencyLimit.Permit permit) {
            attempts++;
            budget.called();
            long start = System.nanoTime();
            Completion completion = new Completion.Cancelled();
            try {
                completion = timed(call, cancellation, timeLeft());
            } finally {
                release(permit, completion);
            }
            lastTook = Duration.ofNanos(System.nanoTime() - start);
            metrics.ended(completion, lastTook);
            return completion;
        }

        private Duration timeLeft() {
            Duration left = retries.deadline().minus(spent);
            return left.compareTo(retries.attemptTimeout()) < 0 ? left : retries.attemptTimeout();
        }

        /// The end, or null to try again.
        private @Nullable Asked judge(Completion completion) throws InterruptedException {
            return switch (completion) {
                case Completion.Answered answer -> {
                    circuit.answered();
                    yield new Asked.Answered(answer, attempts);
                }
                case Completion.Throttled(var retryAfter) -> {
                    circuit.answered();
                    throttled++;
                    // The limit itself holds everybody back for as long as the server asked.
                    yield retryAfter != null && retryAfter.isPositive() ? null : pause(retries.backoff(throttled));
                }
                case Completion.Unavailable(var reason) -> {
                    circuit.unavailable(reason);
                    yield null;
                }
                case Completion.Broken(var code, var reason) ->
                    circuit.broken(reason) ? null : again(FailureKind.INFRASTRUCTURE, code, reason);
                case Completion.TimedOut(var after) -> {
                    String reason = "no answer within " + text(after);
                    // A server that hangs is probed like one that breaks; yet a sample may also be too slow by itself.
                    circuit.broken(reason);
                    yield again(FailureKind.INFRASTRUCTURE, "timeout", reason);
                }
                case Completion.Refused(var code, var reason) -> {
                    circuit.answered();
                    yield failed(FailureKind.MODEL, code, reason);
                }
                case Completion.Unsupported(var reason) -> failed(FailureKind.INFRASTRUCTURE, "unsupported", reason);
                case Completion.Cancelled _ -> new Asked.GivenUp();
            };
        }

        private @Nullable Asked again(FailureKind kind, String code, String reason) throws InterruptedException {
            charged++;
            spent = spent.plus(lastTook);
            if (charged >= retries.attempts()) {
                return failed(kind, code, reason + " (" + attempts + " attempts)");
            }
            Duration backoff = retries.backoff(charged);
            if (spent.plus(backoff).compareTo(retries.deadline()) >= 0) {
                return failed(kind, code, reason + " (" + attempts + " attempts in " + text(spent) + ")");
            }
            spent = spent.plus(backoff);
            Asked end = pause(backoff);
            return end == null && !budget.spend(waiting) ? new Asked.GivenUp() : end;
        }

        private @Nullable Asked pause(Duration time) throws InterruptedException {
            return waiting.await(time) ? new Asked.GivenUp() : null;
        }

        private Asked failed(FailureKind kind, String code, String reason) {
            return new Asked.Failed(new Failure(kind, reason, code), attempts);
        }
    }

    private Completion timed(Call call, Cancellation cancellation, Duration atMost) {
        Cancellation one = new Cancellation();
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> timer = timers.schedule(
                () -> {
                    late.set(true);
                    one.request();
                },
                atMost.toNanos(),
                TimeUnit.NANOSECONDS);
        try (var _ = cancellation.onRequest(one::request)) {
            Completion completion = call.on(backend, one);
            return completion instanceof Completion.Cancelled && late.get() && !cancellation.requested()
                    ? new Completion.TimedOut(atMost)
                    : completion;
        } catch (RuntimeException e) {
            log.error("a call failed inside the worker: model={}", name, e);
            return new Completion.Broken("internal", "a call failed inside the worker: " + e);
        } finally {
            timer.cancel(false);
        }
    }

    private static void release(ConcurrencyLimit.Permit permit, Completion completion) {
        switch (completion) {
            case Completion.Answered _ -> permit.answered();
            case Completion.Throttled(var retryAfter) -> permit.throttled(retryAfter);
            case Completion.Broken _ -> permit.broken();
            case Completion.TimedOut _ -> permit.broken();
            case Completion.Unavailable _ -> permit.broken();
            case Completion.Refused _ -> permit.ignored();
            case Completion.Unsupported _ -> permit.ignored();
            case Completion.Cancelled _ -> permit.ignored();
        }
    }

    private static String text(Duration duration) {
        return duration.toMillis() < 10_000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
    }

    @Override
    public void close() {
        stopping.request();
        circuit.close();
        timers.shutdownNow();
        metrics.close();
        backend.close();
    }
}
