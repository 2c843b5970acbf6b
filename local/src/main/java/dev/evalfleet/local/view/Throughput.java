package dev.evalfleet.local.view;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/// Samples per second over the last seconds, from counts seen now and then.
final class Throughput {

    private static final Duration WINDOW = Duration.ofSeconds(8);

    private record Seen(Instant at, long count) {}

    private final Deque<Seen> seen = new ArrayDeque<>();

    void at(Instant now, long count) {
        if (seen.isEmpty() || count != seen.getLast().count()) {
            seen.addLast(new Seen(now, count));
        }
        while (seen.size() > 2 && seen.getFirst().at().isBefore(now.minus(WINDOW))) {
            seen.removeFirst();
        }
    }

    /// 0 until two different counts were seen.
    double perSecond(Instant now) {
        if (seen.size() < 2) {
            return 0;
        }
        double seconds = Duration.between(seen.getFirst().at(), now).toMillis() / 1000.0;
        return (seen.getLast().count() - seen.getFirst().count()) / Math.max(0.2, seconds);
    }
}
