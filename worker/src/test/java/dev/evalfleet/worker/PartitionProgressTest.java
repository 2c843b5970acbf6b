package dev.evalfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.runtime.kafka.DoneSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

    private final PartitionProgress progress = PartitionProgress.resumedAt(null);

    @Test
    void nothingIsCommittedBeforeSomethingIsDone() {
        progress.start(0);

        assertThat(progress.toCommit()).isNull();
    }

    @Test
    void theCommitPointWaitsForTheEarliestUnfinishedOffset() {
        start(0, 1, 2);
        progress.finish(1);
        assertThat(progress.commitPoint()).isEqualTo(0);

        progress.finish(0);
        assertThat(progress.commitPoint()).isEqualTo(2);

        progress.finish(2);
        assertThat(progress.commitPoint()).isEqualTo(3);
    }

    @Test
    void whatIsDoneAboveTheCommitPointTravelsInTheMetadata() {
        start(0, 1, 2, 3);
        progress.finish(1);
        progress.finish(3);

        assertThat(doneIn(progress.toCommit())).containsExactly(1L, 3L);
    }

    @Test
    void aChangeIsCommittedOnce() {
        start(0);
        progress.finish(0);

        assertThat(progress.toCommit()).isEqualTo(new OffsetAndMetadata(1, ""));
        assertThat(progress.toCommit()).isNull();
        progress.commitFailed();
        assertThat(progress.toCommit()).isEqualTo(new OffsetAndMetadata(1, ""));
    }

    @Test
    void gapsBetweenOffsetsAreSkipped() {
        start(5, 9);
        progress.finish(5);
        assertThat(progress.commitPoint()).isEqualTo(6);

        progress.finish(9);
        assertThat(progress.commitPoint()).isEqualTo(10);
    }

    @Test
    void whatTheOwnerBeforeFinishedIsNotDoneAgain() {
        PartitionProgress resumed = PartitionProgress.resumedAt(committed(10, 11, 13));

        assertThat(resumed.start(10)).isTrue();
        assertThat(resumed.start(11)).isFalse();
        assertThat(resumed.start(12)).isTrue();
        assertThat(resumed.start(13)).isFalse();
        resumed.finish(10);
        assertThat(resumed.commitPoint()).isEqualTo(12);
        resumed.finish(12);
        assertThat(resumed.commitPoint()).isEqualTo(14);
    }

    @Test
    void whatTheOwnerBeforeFinishedIsPassedOnWhileItIsNotReadYet() {
        PartitionProgress resumed = PartitionProgress.resumedAt(committed(10, 12, 14));
        resumed.start(10);
        resumed.start(11);
        resumed.finish(11);

        assertThat(doneIn(resumed.toCommit())).containsExactly(11L, 12L, 14L);
    }

    @Test
    void aGroupThatIsSetBackStartsOverThere() {
        start(10, 11);
        progress.finish(10);
        assertThat(progress.commitPoint()).isEqualTo(11);

        assertThat(progress.start(3)).isTrue();
        progress.finish(3);
        assertThat(progress.commitPoint()).isEqualTo(4);
    }

    @Test
    void itIsFullBeforeTheMetadataWouldOverflowAndEmptiesAgain() {
        progress.start(0);
        java.util.Random random = new java.util.Random(1);
        long offset = 1;
        OffsetAndMetadata commit = null;
        while (!progress.isFull()) {
            progress.start(offset);
            if (random.nextBoolean()) {
                progress.finish(offset);
            }
            if (++offset % 100 == 0) {
                commit = progress.toCommit();
            }
        }
        assertThat(Objects.requireNonNull(commit).metadata()).hasSizeLessThan(DoneSet.MAX_LENGTH);
        assertThat(offset).isGreaterThan(10_000);

        for (long each = 0; each < offset; each++) {
            progress.finish(each);
        }
        assertThat(progress.toCommit()).isEqualTo(new OffsetAndMetadata(offset, ""));
        assertThat(progress.isFull()).isFalse();
    }

    private void start(long... offsets) {
        for (long offset : offsets) {
            progress.start(offset);
        }
    }

    private static OffsetAndMetadata committed(long commitPoint, long... done) {
        return new OffsetAndMetadata(
                commitPoint,
                DoneSet.encode(
                        commitPoint,
                        java.util.Arrays.stream(done)
                                .boxed()
                                .collect(java.util.stream.Collectors.toCollection(TreeSet::new))));
    }

    private static List<Long> doneIn(@Nullable OffsetAndMetadata commit) {
        OffsetAndMetadata due = Objects.requireNonNull(commit);
        return DoneSet.decode(due.metadata()).offsets(due.offset()).boxed().toList();
    }
}
