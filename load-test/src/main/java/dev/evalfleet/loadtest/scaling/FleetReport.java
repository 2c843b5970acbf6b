package dev.evalfleet.loadtest.scaling;

import java.util.List;

/// What a run on a scaled fleet came to, simulated or measured. Moments are seconds since the request.
///
/// @param firstReady first worker that read
/// @param firstResult first sample answered
/// @param makespan last sample answered
/// @param zero target set to zero again; NaN when it was not
/// @param ideal no fleet of this size is faster: the work over all slots, or the longest sample
/// @param longest longest sample
/// @param peak most replicas asked for
/// @param workerSeconds from a worker's start to its end, over all workers: what is paid
/// @param startingSeconds of these, before it read
/// @param busySlotSeconds work that was needed
/// @param lostSlotSeconds work that was given up and done again
/// @param idleSlotSeconds slots of workers that could have worked and did not
/// @param repeated samples given up under way
/// @param evicted workers taken away
public record FleetReport(
        int samples,
        double firstReady,
        double firstResult,
        double makespan,
        double zero,
        double ideal,
        double longest,
        int peak,
        double workerSeconds,
        double startingSeconds,
        double busySlotSeconds,
        double lostSlotSeconds,
        double idleSlotSeconds,
        int repeated,
        int evicted,
        List<Replicas> timeline) {

    public FleetReport {
        timeline = List.copyOf(timeline);
    }

    public double overIdeal() {
        return makespan / ideal;
    }

    public double gpuHours() {
        return workerSeconds / 3600;
    }

    /// Worker time per useful slot time: 1 is a fleet that never waited for anything.
    ///
    /// @param slots of a worker
    public double paidOverNeeded(int slots) {
        return workerSeconds * slots / busySlotSeconds;
    }
}
