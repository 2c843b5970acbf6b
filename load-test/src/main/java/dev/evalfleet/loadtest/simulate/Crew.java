package dev.evalfleet.loadtest.simulate;

import dev.evalfleet.loadtest.scaling.Ledger;
import dev.evalfleet.loadtest.simulate.Worker.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/// The Deployment, its pods and their consumer group.
final class Crew {
    private final FleetModel model;
    private final List<Partition> partitions;
    private final Ledger ledger;
    private final Events events;
    private final Map<Integer, Worker> workers = new HashMap<>();
    private final Map<Integer, Double> readyAt = new HashMap<>();
    private final List<Worker> members = new ArrayList<>();
    private int wanted;
    private int pods;
    private int ready;
    private int born;
    private boolean rebalancing;

    Crew(FleetModel model, List<Partition> partitions, Ledger ledger, Events events) {
        this.model = model;
        this.partitions = partitions;
        this.ledger = ledger;
        this.events = events;
    }

    int wanted() {
        return wanted;
    }

    /// Pods that exist and are not on their way out.
    int pods() {
        return pods;
    }

    int ready() {
        return ready;
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    Worker worker(int id) {
        Worker worker = workers.get(id);
        return worker == null ? GONE : worker;
    }

    private static final Worker GONE = gone();

    private static Worker gone() {
        FleetModel.Pod none = new FleetModel.Pod(
                1,
                _ -> 0,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO);
        Worker worker = new Worker(-1, 0, none);
        worker.phase(Phase.GONE);
        return worker;
    }

    /// Sets the replicas and starts or stops pods accordingly: those that are not ready go first, then the youngest.
    void scaleTo(int replicas, double now) {
        wanted = replicas;
        while (pods < wanted) {
            start(now);
        }
        if (pods > wanted) {
            List<Worker> victims = workers.values().stream()
                    .filter(worker -> worker.phase() == Phase.STARTING || worker.phase() == Phase.WORKING)
                    .sorted(Comparator.comparing((Worker worker) -> worker.phase())
                            .thenComparing(Worker::id, Comparator.reverseOrder()))
                    .limit(pods - wanted)
                    .toList();
            victims.forEach(victim -> stop(victim, seconds(model.pod().drain()), now));
        }
    }

    private void start(double now) {
        Worker worker = new Worker(born++, now, model.pod());
        workers.put(worker.id(), worker);
        pods++;
        events.ready(now + model.pod().coldStart().seconds(worker.id()), worker.id());
    }

    void becomeReady(int id, double now) {
        Worker worker = worker(id);
        if (worker.phase() != Phase.STARTING) {
            return;
        }
        worker.phase(Phase.WORKING);
        ready++;
        readyAt.put(id, now);
        ledger.ready(now);
        members.add(worker);
        soonRebalance(now);
    }

    private void stop(Worker worker, double grace, double now) {
        pods--;
        if (worker.phase() == Phase.STARTING) {
            remove(worker, now);
            return;
        }
        ready--;
        worker.phase(Phase.DRAINING);
        worker.forget(null);
        if (worker.underWay() == 0) {
            leave(worker.id(), now);
        } else {
            events.leave(now + grace, worker.id());
        }
    }

    /// Ends a worker that drained, or ran out of time, or whose death is noticed.
    void leave(int id, double now) {
        Worker worker = worker(id);
        if (worker.phase() != Phase.DRAINING && worker.phase() != Phase.DEAD) {
            return;
        }
        giveUp(worker, now);
        members.remove(worker);
        worker.owned().forEach(partition -> partition.assign(null));
        worker.owned().clear();
        if (worker.phase() == Phase.DRAINING) {
            remove(worker, now + seconds(model.pod().exit()));
        } else {
            workers.remove(id);
        }
        soonRebalance(now);
    }

    /// A wave of evictions takes its share of the pods, each with the same chance; the Deployment replaces them at
    /// once.
    void evict(int wave, double now) {
        List<Worker> candidates = workers.values().stream()
                .filter(worker -> worker.phase() == Phase.STARTING || worker.phase() == Phase.WORKING)
                .sorted(Comparator.comparingInt(Worker::id))
                .toList();
        double notice = seconds(model.spot().notice());
        for (Worker worker : candidates) {
            double drawn = Draw.uniform(model.seed() ^ 0xE71C7L, ((long) wave << 32) + worker.id());
            if (drawn < model.spot().share()) {
                ledger.evicted();
                if (notice > 0 || worker.phase() == Phase.STARTING) {
                    stop(worker, Math.min(notice, seconds(model.pod().drain())), now);
                } else {
                    die(worker, now);
                }
            }
        }
        scaleTo(wanted, now);
    }

    // Its partitions stay with it until the broker misses it.
    private void die(Worker worker, double now) {
        pods--;
        ready--;
        giveUp(worker, now);
        ledger.worker(worker.born(), readyAt.get(worker.id()), now);
        worker.phase(Phase.DEAD);
        events.leave(now + seconds(model.pod().sessionTimeout()), worker.id());
    }

    private void giveUp(Worker worker, double now) {
        Worker.Lost lost = worker.giveUp(null, now);
        ledger.lost(lost.samples(), lost.seconds());
    }

    private void remove(Worker worker, double now) {
        ledger.worker(worker.born(), readyAt.remove(worker.id()), now);
        worker.phase(Phase.GONE);
        workers.remove(worker.id());
    }

    /// Whoever still runs when the books are closed.
    void close(double now) {
        workers.values().stream()
                .filter(worker -> worker.phase() != Phase.DEAD)
                .forEach(worker -> ledger.worker(worker.born(), readyAt.get(worker.id()), now));
    }

    private void soonRebalance(double now) {
        if (!rebalancing) {
            rebalancing = true;
            events.rebalance(now + seconds(model.pod().rebalance()));
        }
    }

    /// Deals the partitions anew. What the old owner has under way there is given up, as the worker does.
    ///
    /// @param changed told the ids of workers with more to read
    void rebalance(double now, IntConsumer changed) {
        rebalancing = false;
        Set<Integer> touched = new LinkedHashSet<>();
        for (Assignment.Move move : Assignment.moves(partitions, members)) {
            Worker from = move.partition().owner();
            if (from != null) {
                Worker.Lost lost = from.giveUp(move.partition(), now);
                ledger.lost(lost.samples(), lost.seconds());
                from.owned().remove(move.partition());
                touched.add(from.id());
            }
            move.partition().assign(move.to());
            move.to().owned().add(move.partition());
            touched.add(move.to().id());
        }
        for (int id : touched) {
            Worker worker = worker(id);
            if (worker.phase() == Phase.DRAINING && worker.underWay() == 0) {
                leave(id, now);
            } else {
                changed.accept(id);
            }
        }
    }

    static double seconds(java.time.Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
