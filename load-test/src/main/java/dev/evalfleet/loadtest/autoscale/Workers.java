package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.scaling.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The Deployment: as many worker processes as are wanted, started at once, stopped with SIGTERM and time to drain.
final class Workers implements AutoCloseable {
    private final Function<String, Member> make;
    private final List<Pod> pods = new ArrayList<>();

    /// One worker process.
    private static final class Pod {
        private final int number;
        private final Member process;
        private final Instant born;
        private @Nullable Instant ready;
        private @Nullable Instant stopped;
        private @Nullable CompletableFuture<Instant> gone;

        private Pod(int number, Member process, Instant born) {
            this.number = number;
            this.process = process;
            this.born = born;
        }

        private int number() {
            return number;
        }

        private boolean isReady() {
            return ready != null;
        }
    }

    /// @param make a worker of that name, not started
    Workers(Function<String, Member> make) {
        this.make = make;
    }

    /// Starts or stops processes; those that do not read yet go first, then the youngest, as a ReplicaSet chooses.
    void scaleTo(int wanted, Instant now) {
        for (int more = wanted - count(); more > 0; more--) {
            Member process = make.apply("worker-" + (pods.size() + 1));
            process.start();
            pods.add(new Pod(pods.size() + 1, process, now));
        }
        pods.stream()
                .filter(pod -> pod.gone == null)
                .sorted(Comparator.comparing(Pod::isReady).thenComparing(Pod::number, Comparator.reverseOrder()))
                .limit(Math.max(0, count() - wanted))
                .toList()
                .forEach(Workers::stop);
    }

    private static void stop(Pod pod) {
        CompletableFuture<Instant> gone = new CompletableFuture<>();
        pod.stopped = Instant.now();
        pod.gone = gone;
        Thread.ofVirtual().name("stop " + pod.process.name()).start(() -> {
            try {
                pod.process.terminate();
            } finally {
                gone.complete(Instant.now());
            }
        });
    }

    /// Processes that were not told to stop.
    int count() {
        return (int) pods.stream().filter(pod -> pod.gone == null).count();
    }

    int reading() {
        return (int)
                pods.stream().filter(pod -> pod.gone == null && pod.isReady()).count();
    }

    boolean allGone() {
        return pods.stream().allMatch(pod -> pod.gone != null && pod.gone.isDone());
    }

    /// Takes note of who reads.
    void observe(Set<String> readers, Instant now) {
        pods.stream()
                .filter(pod -> pod.ready == null && readers.contains(pod.process.name()))
                .forEach(pod -> pod.ready = now);
    }

    /// Enters all of them into the books; they are gone.
    void account(Ledger ledger, Instant zero) {
        for (Pod pod : pods) {
            Instant gone = Objects.requireNonNull(pod.gone, pod.process.name() + " still runs")
                    .join();
            Instant ready = pod.ready;
            if (ready != null) {
                ledger.ready(seconds(zero, ready));
            }
            ledger.worker(seconds(zero, pod.born), ready == null ? null : seconds(zero, ready), seconds(zero, gone));
        }
    }

    /// Seconds from the start of each process to its first partition, of those that got one, in the order of their
    /// starts.
    double[] coldStarts() {
        return pods.stream()
                .filter(Pod::isReady)
                .mapToDouble(pod -> seconds(pod.born, Objects.requireNonNull(pod.ready)))
                .toArray();
    }

    /// Seconds from SIGTERM to the end of the process that needed least: one that had nothing left to finish.
    double exit() {
        return pods.stream()
                .filter(Pod::isReady)
                .mapToDouble(pod -> seconds(
                        Objects.requireNonNull(pod.stopped),
                        Objects.requireNonNull(pod.gone).join()))
                .min()
                .orElse(0);
    }

    /// What ended without being told to, or was not done in time.
    List<String> complaints() {
        return pods.stream().flatMap(pod -> pod.process.selfEnds().stream()).toList();
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    @Override
    public void close() {
        pods.forEach(pod -> pod.process.kill());
    }
}
