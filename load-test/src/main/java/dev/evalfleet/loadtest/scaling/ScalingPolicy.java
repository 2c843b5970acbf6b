package dev.evalfleet.loadtest.scaling;

import java.time.Duration;

/// How much may change within a period.
///
/// @param value pods, or percent of the pods there were when the period began
public record ScalingPolicy(Kind kind, int value, Duration period) {

    /// What the value counts.
    public enum Kind {
        PODS,
        PERCENT
    }

    public ScalingPolicy {
        if (value < 1) {
            throw new IllegalArgumentException("value of a scaling policy must be at least 1, was " + value);
        }
        if (!period.isPositive()) {
            throw new IllegalArgumentException("period of a scaling policy must be positive, was " + period);
        }
    }

    public static ScalingPolicy pods(int value, Duration period) {
        return new ScalingPolicy(Kind.PODS, value, period);
    }

    public static ScalingPolicy percent(int value, Duration period) {
        return new ScalingPolicy(Kind.PERCENT, value, period);
    }
}
