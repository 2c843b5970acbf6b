package dev.evalfleet.loadtest.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.producer.dispatch.pool.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class MarkWindowTest {
    private static final int PARTITIONS = 6;

    @Test
    void leavesAsMuchRoomAsTheDispatchersWindow() {
        Pool pool = Pool.of("gpu", List.of("llama"), PARTITIONS);
        Window window = new Window(pool);
        MarkWindow mine = new MarkWindow(new FleetModel.Feed(
                PARTITIONS,
                pool.lowMark(),
                pool.highMark(),
                pool.adaptive(),
                pool.routing(),
                Duration.ofMillis(100),
                2000,
                Duration.ofMillis(50)));
        Random random = new Random(3);
        long[] ends = new long[PARTITIONS];
        long[] done = new long[PARTITIONS];
        for (int look = 0; look < 500; look++) {
            Outstanding outstanding = advance(random, ends, done);
            window.observe(outstanding, Instant.EPOCH.plusMillis(100L * look));
            mine.observe(outstanding.finished(), outstanding.total(), look / 10.0);

            assertThat(mine.room(outstanding.total(), outstanding.least())).isEqualTo(window.room(outstanding));
            assertThat(mine.mostPerPartition()).isEqualTo(window.mostPerPartition(PARTITIONS));
        }
    }

    private static Outstanding advance(Random random, long[] ends, long[] done) {
        Map<Integer, Long> logEnds = new HashMap<>();
        Map<Integer, OffsetAndMetadata> committed = new HashMap<>();
        for (int number = 0; number < PARTITIONS; number++) {
            ends[number] += random.nextInt(20);
            done[number] = Math.min(ends[number], done[number] + random.nextInt(25));
            logEnds.put(number, ends[number]);
            committed.put(number, new OffsetAndMetadata(done[number]));
        }
        return new Outstanding(Map.of(), logEnds, committed);
    }
}
