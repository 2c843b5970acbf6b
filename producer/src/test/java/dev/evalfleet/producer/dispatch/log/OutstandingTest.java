package dev.evalfleet.producer.dispatch.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.runtime.kafka.DoneSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class OutstandingTest {

    @Test
    void whatWasDoneOutOfOrderIsNotOutstanding() {
        String metadata = DoneSet.encode(10, new TreeSet<>(List.of(12L, 13L, 17L)));
        Outstanding outstanding =
                new Outstanding(Map.of(), Map.of(0, 20L), Map.of(0, new OffsetAndMetadata(10, metadata)));

        assertThat(outstanding.of(0)).isEqualTo(7);
        assertThat(outstanding.lag()).isEqualTo(10);
        assertThat(outstanding.finished()).isEqualTo(13);
    }

    @Test
    void aPartitionWithoutCommitIsReadFromItsStart() {
        Outstanding outstanding =
                new Outstanding(Map.of(0, 5L, 1, 3L), Map.of(0, 9L, 1, 3L, 2, 8L), Map.of(2, new OffsetAndMetadata(6)));

        assertThat(outstanding.uncommitted()).containsExactly(0, 1);
        assertThat(outstanding.byPartition()).containsExactly(4, 0, 2);
        assertThat(outstanding.total()).isEqualTo(6);
        assertThat(outstanding.least()).isZero();
    }

    @Test
    void metadataOfAnotherVersionCountsAsNothingDone() {
        Outstanding outstanding =
                new Outstanding(Map.of(), Map.of(0, 4L), Map.of(0, new OffsetAndMetadata(1, "v9:whatever")));

        assertThat(outstanding.of(0)).isEqualTo(3);
    }

    @Test
    void itIsNeverNegative() {
        Outstanding outstanding = new Outstanding(Map.of(), Map.of(0, 4L), Map.of(0, new OffsetAndMetadata(6)));

        assertThat(outstanding.total()).isZero();
        assertThat(outstanding.lag()).isZero();
    }

    @Test
    void aRunIsFinishedWhenEveryPartitionIsCommittedPastIt() {
        Outstanding outstanding = new Outstanding(
                Map.of(), Map.of(0, 9L, 1, 9L), Map.of(0, new OffsetAndMetadata(5), 1, new OffsetAndMetadata(9)));

        assertThat(outstanding.isPast(Map.of(0, 5L, 1, 9L))).isTrue();
        assertThat(outstanding.isPast(Map.of(0, 6L))).isFalse();
        assertThat(outstanding.isPast(Map.of())).isTrue();
    }
}
