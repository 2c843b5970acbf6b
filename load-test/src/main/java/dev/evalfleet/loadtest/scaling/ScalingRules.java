package dev.evalfleet.loadtest.scaling;

import java.time.Duration;
import java.util.List;

/// `behavior` of an HPA in one direction.
///
/// @param stabilization recommendations of this long are looked at, and the most cautious is followed
/// @param policies what may change within a period
public record ScalingRules(Duration stabilization, Select select, List<ScalingPolicy> policies) {

    /// Which of several policies counts.
    public enum Select {
        /// The one that allows most change.
        MAX,
        /// The one that allows least.
        MIN,
        /// No change in this direction.
        DISABLED
    }

    public ScalingRules {
        policies = List.copyOf(policies);
        if (stabilization.isNegative()) {
            throw new IllegalArgumentException("the stabilisation window must not be negative, was " + stabilization);
        }
        if (policies.isEmpty() && select != Select.DISABLED) {
            throw new IllegalArgumentException("scaling rules need at least one policy");
        }
    }

    /// What Kubernetes does where nothing is said: up at once, four pods or double every 15 s.
    public static ScalingRules defaultUp() {
        Duration period = Duration.ofSeconds(15);
        return new ScalingRules(
                Duration.ZERO, Select.MAX, List.of(ScalingPolicy.pods(4, period), ScalingPolicy.percent(100, period)));
    }

    /// What Kubernetes does where nothing is said: down after five minutes, then all of it.
    public static ScalingRules defaultDown() {
        return new ScalingRules(
                Duration.ofMinutes(5), Select.MAX, List.of(ScalingPolicy.percent(100, Duration.ofSeconds(15))));
    }

    Duration longestPeriod() {
        return policies.stream()
                .map(ScalingPolicy::period)
                .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }
}
