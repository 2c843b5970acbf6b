package dev.evalfleet.producer.dispatch.pool;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Whose turn it is among members of different weight (stride scheduling): over time each gets turns in proportion to
/// its weight, and one that comes or comes back neither owes nor is owed anything.
///
/// @param <M> a member, by identity
public final class FairShare<M> {
    private final ToIntFunction<M> weight;
    private Map<M, Double> passes = new HashMap<>();
    private final PriorityQueue<Turn<M>> queue = new PriorityQueue<>();
    private double now;
    private long order;

    private record Turn<M>(M member, double pass, long order) implements Comparable<Turn<M>> {
        @Override
        public int compareTo(Turn<M> other) {
            int byPass = Double.compare(pass, other.pass);
            return byPass != 0 ? byPass : Long.compare(order, other.order);
        }
    }

    public FairShare(ToIntFunction<M> weight) {
        this.weight = weight;
    }

    /// Begins a round among these members; everyone else is forgotten.
    public void begin(Collection<M> members) {
        queue.clear();
        Map<M, Double> remembered = new HashMap<>();
        for (M member : members) {
            double pass = Math.max(now, passes.getOrDefault(member, now));
            remembered.put(member, pass);
            queue.add(new Turn<>(member, pass, order++));
        }
        passes = remembered;
    }

    /// The member whose turn it is, or null when nobody is left. It takes part again only after [#served].
    public @Nullable M next() {
        Turn<M> turn = queue.poll();
        if (turn == null) {
            return null;
        }
        now = Math.max(now, turn.pass());
        return turn.member();
    }

    /// The member used its turn.
    ///
    /// @param wantsMore whether it takes part in the rest of this round
    public void served(M member, boolean wantsMore) {
        double pass = passes.getOrDefault(member, now) + 1.0 / Math.max(1, weight.applyAsInt(member));
        passes.put(member, pass);
        if (wantsMore) {
            queue.add(new Turn<>(member, pass, order++));
        }
    }
}
