package dev.evalfleet.loadtest.simulate;

import java.util.ArrayList;
import java.util.List;

/// Deals the partitions to the members of the group as the broker's uniform assignor does: evenly, and with as few
/// moves as that takes.
final class Assignment {
    private Assignment() {}

    /// A partition and who is to have it.
    record Move(Partition partition, Worker to) {}

    /// @param members in the order of their ids
    static List<Move> moves(List<Partition> partitions, List<Worker> members) {
        if (members.isEmpty()) {
            return List.of();
        }
        int share = partitions.size() / members.size();
        int larger = partitions.size() % members.size();
        List<Partition> toDeal = new ArrayList<>();
        for (Partition partition : partitions) {
            if (partition.owner() == null) {
                toDeal.add(partition);
            }
        }
        int[] room = new int[members.size()];
        for (int member = 0; member < members.size(); member++) {
            List<Partition> owned = members.get(member).owned();
            boolean keepsMore = owned.size() > share && larger > 0;
            int keeps = Math.min(owned.size(), keepsMore ? share + 1 : share);
            larger -= keepsMore ? 1 : 0;
            toDeal.addAll(owned.subList(keeps, owned.size()));
            room[member] = share - keeps;
        }
        return dealt(toDeal, members, room, larger);
    }

    private static List<Move> dealt(List<Partition> toDeal, List<Worker> members, int[] room, int larger) {
        List<Move> moves = new ArrayList<>();
        int left = larger;
        int next = 0;
        for (int member = 0; member < members.size() && next < toDeal.size(); member++) {
            int takes = Math.max(0, room[member]);
            if (room[member] >= 0 && left > 0) {
                takes++;
                left--;
            }
            for (int taken = 0; taken < takes && next < toDeal.size(); taken++) {
                moves.add(new Move(toDeal.get(next++), members.get(member)));
            }
        }
        return moves;
    }
}
