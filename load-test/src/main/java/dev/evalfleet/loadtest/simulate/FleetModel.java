package dev.evalfleet.loadtest.simulate;

import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.producer.dispatch.Routing;
import java.time.Duration;

/// What is simulated.
///
/// @param samples of the run
/// @param horizon the simulation ends then, whatever is left
public record FleetModel(
        int samples, Work work, Feed feed, Pod pod, Spot spot, ScaledPool pool, Duration horizon, long seed) {

    /// How the dispatcher fills the topic.
    ///
    /// @param adaptive whether the marks grow with the throughput, as they do in a pool that does not set them
    /// @param tick pause between two looks of the dispatcher
    /// @param batch samples sent before it looks again
    /// @param round time that a batch takes
    public record Feed(
            int partitions,
            long lowMark,
            long highMark,
            boolean adaptive,
            Routing.Policy routing,
            Duration tick,
            int batch,
            Duration round) {
        public Feed {
            if (partitions < 1 || lowMark < 1 || highMark < lowMark || batch < 1) {
                throw new IllegalArgumentException("partitions, marks and batch must be positive and the high mark not"
                        + " below the low one, were %d, %d to %d and %d"
                                .formatted(partitions, lowMark, highMark, batch));
            }
        }
    }

    /// One worker.
    ///
    /// @param slots samples it runs at once
    /// @param coldStart from the decision to the first poll, for each worker in the order of their starts: node,
    /// image,
    ///     model
    /// @param drain how long it may finish what it has when told to stop
    /// @param exit from the end of that to the end of the process, or of the pod
    /// @param rebalance from a change of members to the new assignment
    /// @param sessionTimeout until a member that died without a word is missed
    /// @param overhead of a sample besides inference: read, score, publish
    public record Pod(
            int slots,
            Work coldStart,
            Duration drain,
            Duration exit,
            Duration rebalance,
            Duration sessionTimeout,
            Duration overhead) {
        private static final int FEWEST_READ_AHEAD = 16;

        public Pod {
            if (slots < 1) {
                throw new IllegalArgumentException("a worker needs at least one slot, was " + slots);
            }
        }

        /// Samples a worker has read and not finished at most, as `worker.max-in-flight` is by default.
        int readAhead() {
            return Math.max(FEWEST_READ_AHEAD, 2 * slots);
        }
    }

    /// Nodes that are taken away.
    ///
    /// @param every mean time between two evictions (exponential); zero for none
    /// @param share of the workers that each takes
    /// @param notice between SIGTERM and the end; zero kills at once
    public record Spot(Duration every, double share, Duration notice) {
        public static final Spot NONE = new Spot(Duration.ZERO, 0, Duration.ZERO);

        public Spot {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("the share of evicted workers must be 0 to 1, was " + share);
            }
        }
    }

    public FleetModel {
        if (samples < 1) {
            throw new IllegalArgumentException("there must be at least one sample, was " + samples);
        }
    }
}
