package dev.evalfleet.loadtest.simulate;

import dev.evalfleet.loadtest.scaling.Autoscaler;
import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.loadtest.scaling.KafkaTrigger;
import dev.evalfleet.loadtest.scaling.Ledger;
import dev.evalfleet.loadtest.scaling.Replicas;
import dev.evalfleet.loadtest.simulate.Worker.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Plays one run from its request until the fleet is at zero again.
public final class FleetSimulation {
    private static final Instant REQUEST = Instant.EPOCH;

    private final FleetModel model;
    private final EventQueue queue = new EventQueue();
    private final Events events = new Events(queue);
    private final List<Partition> partitions = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private final Dispatch dispatch;
    private final Crew crew;
    private final Autoscaler autoscaler;
    private final long[] ends;
    private final long[] committed;
    private final double overhead;
    private int answered;
    private double now;

    private FleetSimulation(FleetModel model) {
        this.model = model;
        for (int number = 0; number < model.feed().partitions(); number++) {
            partitions.add(new Partition(number));
        }
        this.ends = new long[partitions.size()];
        this.committed = new long[partitions.size()];
        this.dispatch = new Dispatch(model, partitions);
        this.crew = new Crew(model, partitions, ledger, events);
        this.overhead = Crew.seconds(model.pod().overhead());
        this.autoscaler = new Autoscaler(
                model.pool(),
                phase(model.pool().pollingInterval(), 1),
                phase(model.pool().syncPeriod(), 2));
    }

    /// @throws IllegalStateException when the run is not over within the horizon
    public static FleetReport play(FleetModel model) {
        return new FleetSimulation(model).play();
    }

    // The request comes at any moment between two looks.
    private Instant phase(Duration period, int which) {
        double share = Draw.uniform(model.seed() ^ 0x9A5EL, which);
        return REQUEST.plusNanos((long) (share * period.toNanos()));
    }

    private FleetReport play() {
        events.feed(0);
        events.look(seconds(autoscaler.next()));
        scheduleEviction(0);
        double horizon = Crew.seconds(model.horizon());
        while (!isOver()) {
            now = queue.nextTime();
            if (now > horizon) {
                throw new IllegalStateException("after %s only %d of %d samples are answered, %d workers wanted"
                        .formatted(model.horizon(), answered, model.samples(), crew.wanted()));
            }
            happen(queue.poll());
        }
        crew.close(now);
        note();
        return ledger.report(model.samples(), model.pod().slots(), model.pool().maxReplicas());
    }

    private boolean isOver() {
        boolean settled = model.pool().minReplicas() > 0 || (crew.wanted() == 0 && crew.isEmpty());
        return answered == model.samples() && settled;
    }

    private void happen(long event) {
        int worker = Events.worker(event);
        switch (Events.kind(event)) {
            case Events.FINISH -> finish(event, crew.worker(worker));
            case Events.FEED -> feed();
            case Events.LOOK -> look();
            case Events.READY -> {
                crew.becomeReady(worker, now);
                note();
            }
            case Events.LEAVE -> crew.leave(worker, now);
            case Events.REBALANCE -> crew.rebalance(now, id -> proceed(crew.worker(id)));
            default -> {
                crew.evict(worker, now);
                note();
                scheduleEviction(worker + 1);
            }
        }
    }

    private void finish(long event, Worker worker) {
        int slot = Events.slot(event);
        if (worker.phase() == Phase.GONE || !Events.isTurn(event, worker.turn(slot))) {
            return; // it was given up
        }
        ledger.result(now, worker.finish(slot, now));
        answered++;
        if (worker.phase() == Phase.DRAINING && worker.underWay() == 0) {
            crew.leave(worker.id(), now);
        } else {
            proceed(worker);
        }
    }

    private void proceed(Worker worker) {
        if (worker.phase() != Phase.WORKING) {
            return;
        }
        worker.read();
        while (worker.canStart()) {
            int slot = worker.start(now);
            double takes = model.work().seconds(worker.sample(slot)) + overhead;
            events.finish(now + takes, worker.id(), slot, worker.turn(slot));
        }
    }

    private void feed() {
        double pause = dispatch.look(now, partition -> {
            Worker owner = partition.owner();
            if (owner != null) {
                proceed(owner);
            }
        });
        if (!dispatch.isDone()) {
            events.feed(now + pause);
        }
    }

    private void look() {
        int before = crew.wanted();
        int wanted = autoscaler.look(REQUEST.plusNanos(Math.round(now * 1e9)), before, crew.pods(), this::lag);
        if (wanted != before) {
            crew.scaleTo(wanted, now);
            if (wanted == 0) {
                ledger.zero(now);
            }
        }
        note();
        events.look(seconds(autoscaler.next()));
    }

    private KafkaTrigger.Reading lag() {
        for (int number = 0; number < ends.length; number++) {
            ends[number] = partitions.get(number).end();
            committed[number] = partitions.get(number).commitPoint();
        }
        return model.pool().trigger().read(ends, committed);
    }

    private void note() {
        long lag = partitions.stream()
                .mapToLong(partition -> partition.end() - partition.commitPoint())
                .sum();
        ledger.replicas(new Replicas(now, crew.wanted(), crew.ready(), lag));
    }

    private void scheduleEviction(int wave) {
        double mean = Crew.seconds(model.spot().every());
        if (mean > 0 && model.spot().share() > 0) {
            events.evict(now + Draw.exponential(model.seed() ^ 0x59077L, wave, mean), wave);
        }
    }

    private static double seconds(Instant at) {
        return Duration.between(REQUEST, at).toNanos() / 1e9;
    }
}
