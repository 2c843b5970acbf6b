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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replicas of one model server: the one with the fewest outstanding calls is asked first, and one that cannot be
/// asked is left alone for a while. Only when none can be asked is the model unavailable.
final class Endpoints {

    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);
    private static final int BROKEN_IN_A_ROW = 3;
    private static final Duration FIRST_REST = Duration.ofSeconds(1);
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private final List<Endpoint> all = new ArrayList<>();
    private int turn;

    /// A call on one replica.
    @FunctionalInterface
    interface Call {
        Completion on(URI base) throws CallEnded, InterruptedException;
    }

    private static final class Endpoint {
        private final URI base;
        private int outstanding;
        private int brokenInARow;
        private Duration rest = FIRST_REST;
        private long restsUntil = System.nanoTime();
        private @Nullable String reason;

        Endpoint(URI base) {
            this.base = base;
        }
    }

    Endpoints(List<URI> bases) {
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
            if (!(completion instanceof Completion.Unavailable)) {
                return completion;
            }
            asked.add(endpoint);
            endpoint = take(asked);
        }
        return new Completion.Unavailable(reasons());
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

    // With one replica it is always asked: whether to wait is then the circuit's decision alone.
    private synchronized @Nullable Endpoint take(Set<Endpoint> asked) {
        long now = System.nanoTime();
        int from = turn++;
        List<Endpoint> inTurn = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Endpoint endpoint = all.get(Math.floorMod(from + i, all.size()));
            if (!asked.contains(endpoint) && (all.size() == 1 || endpoint.restsUntil - now <= 0)) {
                inTurn.add(endpoint);
            }
        }
        Endpoint chosen = inTurn.stream()
                .min(Comparator.comparingInt(endpoint -> endpoint.outstanding))
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
            case Completion.Broken(var _, var reason) -> {
                if (++endpoint.brokenInARow >= BROKEN_IN_A_ROW && all.size() > 1) {
                    rest(endpoint, reason);
                }
            }
            case Completion.Answered _ -> recovered(endpoint);
            default -> {}
        }
    }

    private void rest(Endpoint endpoint, String reason) {
        if (endpoint.reason == null && all.size() > 1) {
            log.warn("replica unavailable, others are asked: endpoint={} reason={}", endpoint.base, reason);
        }
        endpoint.reason = reason;
        endpoint.brokenInARow = 0;
        endpoint.restsUntil = System.nanoTime() + endpoint.rest.toNanos();
        Duration doubled = endpoint.rest.multipliedBy(2);
        endpoint.rest = doubled.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : doubled;
    }

    private void recovered(Endpoint endpoint) {
        if (endpoint.reason != null && all.size() > 1) {
            log.info("replica answers again: endpoint={}", endpoint.base);
        }
        endpoint.reason = null;
        endpoint.brokenInARow = 0;
        endpoint.rest = FIRST_REST;
        endpoint.restsUntil = System.nanoTime();
    }

    synchronized String reasons() {
        return all.stream()
                .map(endpoint -> endpoint.reason == null ? endpoint.base + " does not answer" : endpoint.reason)
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
