package dev.evalfleet.loadtest.simulate;

/// The kinds of events, packed into the numbers that the queue holds: 4 bits of kind, 24 of the worker, 12 of its
/// slot, 24 of the slot's turn.
final class Events {
    /// A sample was answered.
    static final int FINISH = 0;
    /// The dispatcher looks.
    static final int FEED = 1;
    /// The autoscaler looks.
    static final int LOOK = 2;
    /// A worker begins to read.
    static final int READY = 3;
    /// A worker's time to drain is over, or its death is noticed.
    static final int LEAVE = 4;
    /// A new assignment takes effect.
    static final int REBALANCE = 5;
    /// Nodes are taken away.
    static final int EVICT = 6;

    private static final int TURNS = (1 << 24) - 1;

    private final EventQueue queue;

    Events(EventQueue queue) {
        this.queue = queue;
    }

    void finish(double at, int worker, int slot, int turn) {
        queue.add(at, pack(FINISH, worker) | ((long) slot << 24) | (turn & TURNS));
    }

    void feed(double at) {
        queue.add(at, pack(FEED, 0));
    }

    void look(double at) {
        queue.add(at, pack(LOOK, 0));
    }

    void ready(double at, int worker) {
        queue.add(at, pack(READY, worker));
    }

    void leave(double at, int worker) {
        queue.add(at, pack(LEAVE, worker));
    }

    void rebalance(double at) {
        queue.add(at, pack(REBALANCE, 0));
    }

    void evict(double at, int wave) {
        queue.add(at, pack(EVICT, wave));
    }

    static int kind(long event) {
        return (int) (event >>> 60);
    }

    static int worker(long event) {
        return (int) (event >>> 36) & TURNS;
    }

    static int slot(long event) {
        return (int) (event >>> 24) & 0xFFF;
    }

    static boolean isTurn(long event, int turn) {
        return (event & TURNS) == (turn & TURNS);
    }

    private static long pack(int kind, int worker) {
        return ((long) kind << 60) | ((long) (worker & TURNS) << 36);
    }
}
