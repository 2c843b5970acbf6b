package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingTest {

    @Test
    void theLeastOutstandingPartitionIsFilledFirst() {
        assertThat(fill(Routing.Policy.LEAST_OUTSTANDING, new long[] {3, 0, 2}, 100, 5))
                .containsExactly(1, 1, 2, 1, 2);
    }

    @Test
    void partitionsThatAreLevelTakeTurns() {
        Routing routing = new Routing(Routing.Policy.LEAST_OUTSTANDING);

        assertThat(List.of(
                        routing.next(new long[4], 10),
                        routing.next(new long[4], 10),
                        routing.next(new long[4], 10),
                        routing.next(new long[4], 10),
                        routing.next(new long[4], 10)))
                .containsExactly(0, 1, 2, 3, 0);
    }

    @Test
    void roundRobinGoesRoundAndLeavesOutFullPartitions() {
        assertThat(fill(Routing.Policy.ROUND_ROBIN, new long[] {0, 2, 1}, 2, 5)).containsExactly(0, 2, 0, -1, -1);
    }

    @Test
    void nobodyGetsASampleWhenAllAreFull() {
        assertThat(fill(Routing.Policy.LEAST_OUTSTANDING, new long[] {2, 2}, 2, 1))
                .containsExactly(Routing.NOWHERE);
    }

    @Test
    void anUnknownPolicyIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Routing.Policy.named("random"))
                .withMessage("routing must be one of least-outstanding, round-robin, but is \"random\"");
    }

    private static List<Integer> fill(Routing.Policy policy, long[] outstanding, long most, int samples) {
        Routing routing = new Routing(policy);
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            int partition = routing.next(outstanding, most);
            chosen.add(partition);
            if (partition != Routing.NOWHERE) {
                outstanding[partition]++;
            }
        }
        return chosen;
    }
}
