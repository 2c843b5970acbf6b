package dev.evalfleet.loadtest.scaling;

import dev.evalfleet.loadtest.scaling.ScalingPolicy.Kind;
import dev.evalfleet.loadtest.scaling.ScalingRules.Select;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The HorizontalPodAutoscaler with one external metric of type AverageValue and `behavior`: `reconcileAutoscaler` of
/// `pkg/controller/podautoscaler` in Kubernetes 1.35.
public final class Hpa {
    private final ScaledPool pool;
    private final List<Past> recommendations = new ArrayList<>();
    private final List<Past> added = new ArrayList<>();
    private final List<Past> removed = new ArrayList<>();

    private record Past(Instant at, int count) {}

    public Hpa(ScaledPool pool) {
        this.pool = pool;
    }

    /// One look, every sync period.
    ///
    /// @param current replicas the target asks for
    /// @param pods of it that exist, ready or not
    /// @param metric lag as the trigger reports it
    /// @return replicas it should ask for now
    public int sync(Instant now, int current, int pods, long metric) {
        if (recommendations.isEmpty()) {
            recommendations.add(new Past(now, current));
        }
        int desired = desired(now, current, pods, metric);
        if (desired > current) {
            remember(added, now, desired - current, pool.up());
        } else if (desired < current) {
            remember(removed, now, current - desired, pool.down());
        }
        return desired;
    }

    private int desired(Instant now, int current, int pods, long metric) {
        if (current == 0) {
            return 0; // waking is KEDA's
        }
        if (current > pool.maxReplicas()) {
            return pool.maxReplicas();
        }
        if (current < pool.hpaMinimum()) {
            return pool.hpaMinimum();
        }
        return limited(now, current, stabilized(now, current, recommended(pods, metric)));
    }

    // In thousandths, as both projects reckon, so that a ratio at the edge of the tolerance falls on the same side.
    private int recommended(int pods, long metric) {
        double usage = metric * 1000.0;
        double target = pool.trigger().lagThreshold() * 1000.0;
        double ratio = usage / (target * pods);
        if (1.0 - pool.tolerance() <= ratio && ratio <= 1.0 + pool.tolerance()) {
            return pods;
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(usage / target));
    }

    // Never above what all of the up window wanted, never below what any of the down window wanted.
    private int stabilized(Instant now, int current, int recommended) {
        Instant upFrom = now.minus(pool.up().stabilization());
        Instant downFrom = now.minus(pool.down().stabilization());
        int least = recommended;
        int most = recommended;
        for (Past past : recommendations) {
            least = past.at().isAfter(upFrom) ? Math.min(least, past.count()) : least;
            most = past.at().isAfter(downFrom) ? Math.max(most, past.count()) : most;
        }
        Instant older = upFrom.isBefore(downFrom) ? upFrom : downFrom;
        recommendations.removeIf(past -> past.at().isBefore(older));
        recommendations.add(new Past(now, recommended));
        return Math.min(Math.max(current, least), most);
    }

    private int limited(Instant now, int current, int wanted) {
        if (wanted > current) {
            int most = Math.max(current, limit(now, current, pool.up(), true));
            return Math.min(wanted, Math.min(pool.maxReplicas(), most));
        }
        if (wanted < current) {
            int least = Math.min(current, limit(now, current, pool.down(), false));
            return Math.max(wanted, Math.max(pool.hpaMinimum(), least));
        }
        return wanted;
    }

    private int limit(Instant now, int current, ScalingRules rules, boolean up) {
        if (rules.select() == Select.DISABLED) {
            return current;
        }
        boolean highest = up == (rules.select() == Select.MAX);
        int limit = highest ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        for (ScalingPolicy policy : rules.policies()) {
            int before = current - within(added, now, policy.period()) + within(removed, now, policy.period());
            int allowed = allowed(policy, before, up);
            limit = highest ? Math.max(limit, allowed) : Math.min(limit, allowed);
        }
        return limit;
    }

    private static int allowed(ScalingPolicy policy, int before, boolean up) {
        int direction = up ? 1 : -1;
        if (policy.kind() == Kind.PODS) {
            return before + direction * policy.value();
        }
        double share = before * (1 + direction * (policy.value() / 100.0));
        return (int) (up ? Math.ceil(share) : share);
    }

    private static int within(List<Past> events, Instant now, Duration period) {
        Instant from = now.minus(period);
        return events.stream()
                .filter(event -> event.at().isAfter(from))
                .mapToInt(Past::count)
                .sum();
    }

    // As the controller does it: one event that is older than its own direction's longest period makes room, the others
    // stay, and count for longer periods of the other direction.
    private static void remember(List<Past> events, Instant now, int change, ScalingRules rules) {
        Instant outdated = now.minus(rules.longestPeriod());
        for (int last = events.size() - 1; last >= 0; last--) {
            if (events.get(last).at().isBefore(outdated)) {
                events.set(last, new Past(now, change));
                return;
            }
        }
        events.add(new Past(now, change));
    }
}
