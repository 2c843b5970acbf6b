package dev.evalfleet.loadtest.scaling;

import java.time.Duration;

/// A ScaledObject and the HPA that KEDA makes of it.
///
/// @param minReplicas with 0 the HPA's own minimum is 1, and the step to zero is KEDA's
/// @param pollingInterval of KEDA's look at the lag, which wakes the target and lets it sleep
/// @param cooldown without lag before the target goes to zero, whatever its size
/// @param syncPeriod of the HPA's look at the lag, which does everything between 1 and the maximum
/// @param tolerance share by which lag per pod may be off the target before anything changes
public record ScaledPool(
        int minReplicas,
        int maxReplicas,
        Duration pollingInterval,
        Duration cooldown,
        Duration syncPeriod,
        double tolerance,
        KafkaTrigger trigger,
        ScalingRules up,
        ScalingRules down) {
    public static final Duration SYNC_PERIOD = Duration.ofSeconds(15);
    public static final double TOLERANCE = 0.1;

    public ScaledPool {
        if (minReplicas < 0 || maxReplicas < Math.max(1, minReplicas)) {
            throw new IllegalArgumentException("replicas must be 0 <= min <= max and 1 <= max, were min " + minReplicas
                    + " and max " + maxReplicas);
        }
        if (!pollingInterval.isPositive() || !syncPeriod.isPositive() || cooldown.isNegative()) {
            throw new IllegalArgumentException("polling interval and sync period must be positive and the cooldown"
                    + " not negative, were " + pollingInterval + ", " + syncPeriod + " and " + cooldown);
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance must not be negative, was " + tolerance);
        }
    }

    int hpaMinimum() {
        return Math.max(1, minReplicas);
    }
}
