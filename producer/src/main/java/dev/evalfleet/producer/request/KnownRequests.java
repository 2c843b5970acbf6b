package dev.evalfleet.producer.request;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.TopicFollower;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The requests that have been planned or refused: those with a record in `plans`.
final class KnownRequests implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Fleet fleet;
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private @Nullable TopicFollower follower;

    KnownRequests(Fleet fleet) {
        this.fleet = fleet;
    }

    /// Makes sure that the next look sees what is in the topic by now: another producer may have planned the requests
    /// of a partition until a moment ago.
    synchronized void renew() {
        close();
    }

    /// Waits until the topic has been read.
    ///
    /// @throws dev.evalfleet.runtime.UnreachableException when that takes too long
    synchronized boolean contains(String requestId) {
        TopicFollower reading = follower;
        if (reading == null || reading.ended().isDone()) {
            close();
            reading = new TopicFollower(fleet, "known-requests")
                    .on(fleet.topics().plans(), plan -> {
                        if (plan.value() != null) {
                            ids.add(plan.value().getRequestId());
                        }
                    });
            reading.start();
            follower = reading;
        }
        reading.awaitCaughtUp(PATIENCE);
        return ids.contains(requestId);
    }

    void add(String requestId) {
        ids.add(requestId);
    }

    @Override
    public synchronized void close() {
        if (follower != null) {
            follower.close();
            follower = null;
        }
    }
}
