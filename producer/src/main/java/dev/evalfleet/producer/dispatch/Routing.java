package dev.evalfleet.producer.dispatch;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Which partition of a pool gets the next sample.
public final class Routing {
    /// No partition has room.
    public static final int NOWHERE = -1;

    private final Policy policy;
    private int last = -1;

    public Routing(Policy policy) {
        this.policy = policy;
    }

    /// How partitions take turns.
    public enum Policy {
        /// The partition with the least outstanding work: a slow worker gets less.
        LEAST_OUTSTANDING("least-outstanding"),
        /// One after the other, leaving out full ones.
        ROUND_ROBIN("round-robin");

        private final String label;

        Policy(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        public static Policy named(String label) {
            return Arrays.stream(values())
                    .filter(policy -> policy.label.equals(label))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("routing must be one of "
                            + Arrays.stream(values()).map(Policy::label).collect(Collectors.joining(", "))
                            + ", but is \"" + label + "\""));
        }
    }

    /// The partition for the next sample, or [#NOWHERE]. Ties go round, so that no partition is favoured when there is
    /// less work than partitions.
    ///
    /// @param outstanding samples that every partition has not finished
    /// @param most no partition gets more than this
    public int next(long[] outstanding, long most) {
        int chosen = NOWHERE;
        for (int step = 1; step <= outstanding.length; step++) {
            int partition = Math.floorMod(last + step, outstanding.length);
            if (outstanding[partition] >= most) {
                continue;
            }
            if (chosen == NOWHERE || outstanding[partition] < outstanding[chosen]) {
                chosen = partition;
            }
            if (policy == Policy.ROUND_ROBIN) {
                break;
            }
        }
        if (chosen != NOWHERE) {
            last = chosen;
        }
        return chosen;
    }
}
