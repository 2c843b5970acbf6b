package dev.evalfleet.loadtest.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private static final FleetModel.Pod POD =
            new FleetModel.Pod(4, _ -> 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final List<Partition> partitions =
            IntStream.range(0, 10).mapToObj(Partition::new).toList();
    private final List<Worker> members = new ArrayList<>();

    @Test
    void partitionsAreDealtEvenly() {
        join(3);

        assertThat(sizes()).containsExactlyInAnyOrder(4, 3, 3);
        assertThat(partitions).allMatch(partition -> partition.owner() != null);
    }

    @Test
    void aNewMemberTakesOnlyWhatItIsDue() {
        join(3);

        assertThat(join(1)).isEqualTo(2);
        assertThat(sizes()).containsExactlyInAnyOrder(3, 3, 2, 2);
    }

    @Test
    void whatALeavingMemberHadIsSharedAndNothingElseMoves() {
        join(4);
        Worker leaving = members.removeFirst();
        int had = leaving.owned().size();
        leaving.owned().forEach(partition -> partition.assign(null));
        leaving.owned().clear();

        assertThat(apply()).isEqualTo(had);
        assertThat(sizes()).containsExactlyInAnyOrder(4, 3, 3);
    }

    @Test
    void moreMembersThanPartitionsLeaveSomeWithout() {
        join(12);

        assertThat(sizes().stream().filter(size -> size == 0)).hasSize(2);
        assertThat(sizes().stream().filter(size -> size == 1)).hasSize(10);
    }

    private int join(int more) {
        for (int member = 0; member < more; member++) {
            members.add(new Worker(members.size(), 0, POD));
        }
        return apply();
    }

    private int apply() {
        List<Assignment.Move> moves = Assignment.moves(partitions, members);
        for (Assignment.Move move : moves) {
            Worker from = move.partition().owner();
            if (from != null) {
                from.owned().remove(move.partition());
            }
            move.partition().assign(move.to());
            move.to().owned().add(move.partition());
        }
        return moves.size();
    }

    private List<Integer> sizes() {
        return members.stream().map(member -> member.owned().size()).toList();
    }
}
