package dev.evalfleet.loadtest.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.Routing;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FillOrderTest {

    @ParameterizedTest
    @EnumSource(Routing.Policy.class)
    void choosesWhatTheDispatchersRoutingChooses(Routing.Policy policy) {
        Random random = new Random(5);
        Routing routing = new Routing(policy);
        FillOrder order = new FillOrder(policy);
        for (int round = 0; round < 300; round++) {
            long[] load = random.longs(1 + round % 9, 0, 6).toArray();
            long most = random.nextInt(8);
            int budget = random.nextInt(30);
            order.begin();
            for (int sample = 0; sample < budget; sample++) {
                int expected = routing.next(load, most);

                assertThat(order.next(load, most)).isEqualTo(expected);
                if (expected == Routing.NOWHERE) {
                    break;
                }
                load[expected]++;
            }
            if (load.length != 1 + (round + 1) % 9) { // both remember the last partition of a topic of one size
                routing = new Routing(policy);
                order = new FillOrder(policy);
            }
        }
    }
}
