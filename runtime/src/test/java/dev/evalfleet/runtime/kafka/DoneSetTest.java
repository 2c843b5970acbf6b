package dev.evalfleet.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DoneSetTest {

    @Test
    void whatIsDoneAboveTheCommitPointComesBack() {
        TreeSet<Long> done = new TreeSet<>(List.of(1001L, 1003L, 1500L));

        DoneSet decoded = DoneSet.decode(DoneSet.encode(1000, done));

        assertThat(decoded.count()).isEqualTo(3);
        assertThat(decoded.offsets(1000)).containsExactly(1001L, 1003L, 1500L);
        assertThat(decoded.contains(1003, 1000)).isTrue();
        assertThat(decoded.contains(1002, 1000)).isFalse();
        assertThat(decoded.contains(999, 1000)).isFalse();
        assertThat(decoded.contains(Long.MAX_VALUE, 1000)).isFalse();
    }

    @Test
    void anySetComesBack() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            long commitPoint = random.nextLong(1L << 50);
            int width = 1 + random.nextInt(5000);
            TreeSet<Long> done = random.longs(random.nextInt(width), commitPoint + 1, commitPoint + 1 + width)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));

            DoneSet decoded = DoneSet.decode(DoneSet.encode(commitPoint, done));

            assertThat(decoded.offsets(commitPoint).boxed()).containsExactlyElementsOf(done);
        }
    }

    @Test
    void theWindowOfAPartitionFitsIntoTheMetadataAtItsWorst() {
        // Every second offset of 20,000, at random: nothing compresses worse.
        Random random = new Random(9);
        TreeSet<Long> done = LongStream.range(1, 20_000)
                .filter(_ -> random.nextBoolean())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(DoneSet.fits(DoneSet.encode(0, done))).isTrue();
    }

    @Test
    void whatDoesNotFitSaysSo() {
        Random random = new Random(9);
        TreeSet<Long> done = LongStream.range(1, 40_000)
                .filter(_ -> random.nextBoolean())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
        String metadata = DoneSet.encode(0, done);

        assertThat(metadata.length()).isGreaterThan(DoneSet.MAX_LENGTH);
        assertThat(DoneSet.fits(metadata)).isFalse();
    }

    @Test
    void nothingDoneIsNoMetadata() {
        assertThat(DoneSet.encode(7, new TreeSet<>())).isEmpty();
        assertThat(DoneSet.decode("").count()).isZero();
        assertThat(DoneSet.decode(null).count()).isZero();
    }

    @Test
    void metadataOfOthersIsAnEmptySet() {
        assertThat(DoneSet.decode("v2:AAAA").count()).isZero();
        assertThat(DoneSet.decode("v1:not base64!").count()).isZero();
        assertThat(DoneSet.decode("v1:AAAA").count()).isZero();
        assertThat(DoneSet.decode("committed by hand").count()).isZero();
    }

    @Test
    void offsetsBelowTheCommitPointAreAMistake() {
        assertThatThrownBy(() -> DoneSet.encode(10, new TreeSet<>(List.of(9L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("offset 9 lies below the commit point 10");
    }
}
