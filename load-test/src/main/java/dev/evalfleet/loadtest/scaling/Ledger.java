package dev.evalfleet.loadtest.scaling;

import java.util.ArrayList;
import java.util.List;

/// What a fleet spends and when its milestones are: filled by a simulation, or from what was measured. Seconds count
/// from the request.
public final class Ledger {
    private final List<Replicas> timeline = new ArrayList<>();
    private double paid;
    private double starting;
    private double busy;
    private double lost;
    private int lostSamples;
    private int evicted;
    private int peak;
    private double longest;
    private double firstReady = Double.NaN;
    private double firstResult = Double.NaN;
    private double lastResult = Double.NaN;
    private double zero = Double.NaN;

    /// A worker is gone.
    ///
    /// @param born when it was asked for
    /// @param ready when it began to read; null when it never did
    public void worker(double born, @org.jspecify.annotations.Nullable Double ready, double gone) {
        paid += gone - born;
        starting += (ready == null ? gone : ready) - born;
    }

    public void ready(double at) {
        firstReady = Double.isNaN(firstReady) ? at : Math.min(firstReady, at);
    }

    /// A sample was answered.
    public void result(double at, double seconds) {
        busy += seconds;
        longest = Math.max(longest, seconds);
        firstResult = Double.isNaN(firstResult) ? at : Math.min(firstResult, at);
        lastResult = Double.isNaN(lastResult) ? at : Math.max(lastResult, at);
    }

    /// Samples under way were given up, and are asked again.
    public void lost(int samples, double seconds) {
        lostSamples += samples;
        lost += seconds;
    }

    public void evicted() {
        evicted++;
    }

    public void replicas(Replicas now) {
        timeline.add(now);
        peak = Math.max(peak, now.wanted());
    }

    /// The last worker was told to go.
    public void zero(double at) {
        zero = at;
    }

    /// @param slots samples a worker runs at once
    /// @param maxReplicas for the ideal
    public FleetReport report(int samples, int slots, int maxReplicas) {
        double ready = (paid - starting) * slots;
        double ideal = Math.max(busy / ((double) slots * maxReplicas), longest);
        return new FleetReport(
                samples,
                firstReady,
                firstResult,
                lastResult,
                zero,
                ideal,
                longest,
                peak,
                paid,
                starting,
                busy,
                lost,
                Math.max(0, ready - busy - lost),
                lostSamples,
                evicted,
                timeline);
    }
}
