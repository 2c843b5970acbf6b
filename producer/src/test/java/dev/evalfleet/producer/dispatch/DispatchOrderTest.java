package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Expected values were computed with Python's hashlib.
class DispatchOrderTest {

    @Test
    void documentsAreSortedBySeededSha256() {
        var ids = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "é", "q-1");

        assertThat(DispatchOrder.permutation("seed-1", ids)).containsExactly(4, 9, 3, 11, 1, 10, 8, 2, 5, 0, 7, 6);
    }

    @Test
    void aLargeDatasetIsPermutedWhole() {
        var ids = IntStream.range(0, 100_000).mapToObj(Integer::toString).toList();

        long[] order = DispatchOrder.permutation("Zürich", ids);

        assertThat(Arrays.copyOf(order, 5)).containsExactly(26397, 19778, 61983, 21014, 65596);
        assertThat(Arrays.copyOfRange(order, 99_997, 100_000)).containsExactly(14438, 28462, 7671);
        assertThat(Arrays.stream(order).sorted().toArray())
                .isEqualTo(LongStream.range(0, 100_000).toArray());
    }

    @Test
    void anotherSeedGivesAnotherOrder() {
        var ids = List.of("a", "b", "c", "d", "e", "f", "g", "h");

        assertThat(DispatchOrder.permutation("1", ids)).isNotEqualTo(DispatchOrder.permutation("2", ids));
    }

    @Test
    void documentsThatCannotBeToldApartAreStillPermutedWhole() {
        var ids = List.of("a", "b", "a", "c", "a");

        assertThat(Arrays.stream(DispatchOrder.permutation("1", ids)).sorted().toArray())
                .containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void anEmptyDatasetHasAnEmptyOrder() {
        assertThat(DispatchOrder.permutation("1", List.of())).isEmpty();
    }
}
