package dev.evalfleet.worker.inference.openai;

import dev.evalfleet.worker.inference.Completion;
import dev.evalfleet.worker.inference.openai.http.CallEnded;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replicas of one model server: the one with the fewest outstanding calls is asked first. One that cannot be asked is
/// left alone for a while and then tried by one call at a time; one that asks for a pause gets it while others are
/// asked. Only when none can be asked is the model unavailable.
final class Endpoints {

    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);
    private static final int BROKEN_IN_A_ROW = 3;
    static final Duration FIRST_REST = Duration.ofSeconds(1);
    static final Duration LONGEST_REST = Duration.ofSeconds(30);
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

    private final List<Endpoint> all = new ArrayList<>();
    private final LongSupplier nanoTime;
    private int turn;

    /// A call on one replica.
    @FunctionalInterface
    interface Call {
        Completion on(URI base) throws CallEnded, InterruptedException;
    }

    private final class Endpoint {
        private final URI base;
        private int outstanding;
        private int failuresInARow;
        private Duration rest = FIRST_REST;
        private long restsUntil = nanoTime.getAsLong();
        private long heldUntil = restsUntil;
        private @Nullable String reason;

        Endpoint(URI base) {
            this.base = base;
        }

        /// Somebody is finding out whether it answers again.
        boolean isTried() {
            return reason != null && outstanding > 0;
        }

        int outstanding() {
            return outstanding;
        }
    }

    Endpoints(List<URI> bases, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        bases.forEach(base -> all.add(new Endpoint(base)));
    }

    List<URI> bases() {
        return all.stream().map(endpoint -> endpoint.base).toList();
    }

    /// Asks one replica after the other until one can be asked.
    Completion ask(Call call) throws InterruptedException {
        Set<Endpoint> asked = new HashSet<>();
        Endpoint endpoint = take(asked);
        while (endpoint != null) {
            Completion completion = new Completion.Cancelled();
            try {
                completion = call.on(endpoint.base);
            } catch (CallEnded e) {
                completion = e.completion();
            } finally {
                release(endpoint, completion);
            }
            if (all.size() == 1 || !isForAnother(completion)) {
                return completion;
            }
            asked.add(endpoint);
            endpoint = take(asked);
        }
        return noneLeft();
    }

    private static boolean isForAnother(Completion completion) {
        return switch (completion) {
            case Completion.Unavailable _ -> true;
            case Completion.Throttled(var retryAfter) -> retryAfter != null && retryAfter.isPositive();
            default -> false;
        };
    }

    /// What a probe of the replica said; null when it can be asked.
    synchronized void probed(URI base, @Nullable String problem) {
        for (Endpoint endpoint : all) {
            if (endpoint.base.equals(base)) {
                if (problem == null) {
                    recovered(endpoint);
                } else {
                    rest(endpoint, problem);
                }
            }
        }
    }

    // With one replica it is always asked: whether to wait is then the decision of the circuit and the limit alone.
    private synchronized @Nullable Endpoint take(Set<Endpoint> asked) {
        long now = nanoTime.getAsLong();
        int from = turn++;
        List<Endpoint> inTurn = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Endpoint endpoint = all.get(Math.floorMod(from + i, all.size()));
            boolean open = endpoint.restsUntil - now <= 0 && endpoint.heldUntil - now <= 0;
            if (!asked.contains(endpoint) && (all.size() == 1 || open)) {
                inTurn.add(endpoint);
            }
        }
        Endpoint chosen = inTurn.stream()
                .min(Comparator.comparing(Endpoint::isTried).thenComparingInt(Endpoint::outstanding))
                .orElse(null);
        if (chosen != null) {
            chosen.outstanding++;
        }
        return chosen;
    }

    private synchronized void release(Endpoint endpoint, Completion completion) {
        endpoint.outstanding--;
        switch (completion) {
            case Completion.Unavailable(var reason) -> rest(endpoint, reason);
            case Completion.Broken(var _, var reason) -> failed(endpoint, reason);
            case Completion.TimedOut _ -> failed(endpoint, endpoint.base + " does not answer in time");
            case Completion.Throttled(var retryAfter) -> hold(endpoint, retryAfter);
            case Completion.Answered _, Completion.Refused _ -> recovered(endpoint);
            case Completion.Unsupported _, Completion.Cancelled _ -> {}
        }
    }

    private void failed(Endpoint endpoint, String reason) {
        endpoint.failuresInARow++;
        if ((endpoint.failuresInARow >= BROKEN_IN_A_ROW || endpoint.reason != null) && all.size() > 1) {
            rest(endpoint, reason);
        }
    }

    private void hold(Endpoint endpoint, @Nullable Duration retryAfter) {
        if (retryAfter != null) {
            Duration hold = retryAfter.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : retryAfter;
            endpoint.heldUntil = Math.max(endpoint.heldUntil, nanoTime.getAsLong() + hold.toNanos());
        }
    }

    private void rest(Endpoint endpoint, String reason) {
        if (endpoint.reason == null && all.size() > 1) {
            log.warn("replica unavailable, others are asked: endpoint={} reason={}", endpoint.base, reason);
        }
        endpoint.reason = reason;
        endpoint.failuresInARow = 0;
        endpoint.restsUntil = nanoTime.getAsLong() + endpoint.rest.toNanos();
        Duration doubled = endpoint.rest.multipliedBy(2);
        endpoint.rest = doubled.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : doubled;
    }

    private void recovered(Endpoint endpoint) {
        if (endpoint.reason != null && all.size() > 1) {
            log.info("replica answers again: endpoint={}", endpoint.base);
        }
        endpoint.reason = null;
        endpoint.failuresInARow = 0;
        endpoint.rest = FIRST_REST;
        endpoint.restsUntil = nanoTime.getAsLong();
    }

    /// While any replica only asked for a pause the model is throttled, not unavailable.
    private synchronized Completion noneLeft() {
        long now = nanoTime.getAsLong();
        return all.stream()
                .map(endpoint -> endpoint.heldUntil - now)
                .filter(left -> left > 0)
                .min(Long::compare)
                .<Completion>map(left -> new Completion.Throttled(Duration.ofNanos(left)))
                .orElseGet(() -> new Completion.Unavailable(reasons()));
    }

    synchronized String reasons() {
        return all.stream()
                .map(endpoint -> endpoint.reason == null ? endpoint.base + " does not answer" : endpoint.reason)
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
