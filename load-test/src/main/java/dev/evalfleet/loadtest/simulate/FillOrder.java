package dev.evalfleet.loadtest.simulate;

import dev.evalfleet.producer.dispatch.Routing;

/// The choices of the dispatcher's [Routing], made for many samples at once: asking it a thousand partitions for each
/// of ten million samples would take minutes.
final class FillOrder {
    private final Routing.Policy policy;
    private int last = -1;
    private long level;
    private int at;
    private int left;

    FillOrder(Routing.Policy policy) {
        this.policy = policy;
    }

    /// To be called when the load has changed otherwise than by what was chosen here.
    void begin() {
        left = 0;
    }

    /// The partition for the next sample, or [Routing#NOWHERE].
    ///
    /// @param load outstanding samples by partition; the chosen one is to be raised by one before the next call
    /// @param most no partition gets more than this
    int next(long[] load, long most) {
        return policy == Routing.Policy.ROUND_ROBIN ? inTurn(load, most) : least(load, most);
    }

    private int inTurn(long[] load, long most) {
        for (int step = 1; step <= load.length; step++) {
            int partition = (last + step) % load.length;
            if (load[partition] < most) {
                last = partition;
                return partition;
            }
        }
        return Routing.NOWHERE;
    }

    // Those with the least load get one each, going round from the last; after a full circle nobody is at that level.
    private int least(long[] load, long most) {
        while (true) {
            if (left == 0) {
                level = minimum(load);
                left = load.length;
                at = last;
            }
            if (level >= most) {
                left = 0;
                return Routing.NOWHERE;
            }
            while (left > 0) {
                left--;
                at = at + 1 == load.length ? 0 : at + 1;
                if (load[at] == level) {
                    last = at;
                    return at;
                }
            }
        }
    }

    private static long minimum(long[] load) {
        long least = Long.MAX_VALUE;
        for (long one : load) {
            least = Math.min(least, one);
        }
        return least;
    }
}
