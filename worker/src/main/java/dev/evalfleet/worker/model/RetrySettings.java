package dev.evalfleet.worker.model;

import dev.evalfleet.runtime.Settings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// What is tried again, how often and how long. `deadline` bounds the time of one inference with its retries; waiting
/// for room, for an unavailable model or at the server's own request (429) does not count.
/// `share` is the most retries per call over all samples, so that retries cannot become the load.
public record RetrySettings(
        int attempts,
        Duration attemptTimeout,
        Duration deadline,
        Duration firstBackoff,
        Duration longestBackoff,
        double share) {

    public static final RetrySettings DEFAULTS = new RetrySettings(
            4, Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofSeconds(30), 0.2);

    public RetrySettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("retries.attempts must be at least 1, was " + attempts);
        }
        if (share < 0 || share > 1) {
            throw new IllegalArgumentException("retries.share must be between 0 and 1, was " + share);
        }
        requirePositive("attempt-timeout", attemptTimeout);
        requirePositive("deadline", deadline);
        requirePositive("first-backoff", firstBackoff);
        requirePositive("longest-backoff", longestBackoff);
    }

    private static void requirePositive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("retries." + key + " must be longer than nothing, was " + value);
        }
    }

    /// Reads the section `retries` of a model.
    public static RetrySettings from(Settings model) {
        Settings retries = model.section("retries");
        int attempts = retries.integer("attempts", DEFAULTS.attempts);
        Duration attemptTimeout = retries.duration("attempt-timeout", DEFAULTS.attemptTimeout);
        Duration deadline = retries.duration("deadline", DEFAULTS.deadline);
        Duration firstBackoff = retries.duration("first-backoff", DEFAULTS.firstBackoff);
        Duration longestBackoff = retries.duration("longest-backoff", DEFAULTS.longestBackoff);
        double share = retries.number("share", DEFAULTS.share);
        return retries.build(
                () -> new RetrySettings(attempts, attemptTimeout, deadline, firstBackoff, longestBackoff, share));
    }

    /// The pause before the next try: doubles each time, and is spread so that samples do not come back together.
    Duration backoff(int failures) {
        long most =
                Math.min(longestBackoff.toNanos(), firstBackoff.toNanos() << Math.min(Math.max(failures - 1, 0), 10));
        return Duration.ofNanos(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }
}
