package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.check.CheckReport;
import dev.evalfleet.loadtest.check.OfflineCheck;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.loadtest.history.HistoryReader;
import dev.evalfleet.loadtest.process.Patience;
import dev.evalfleet.loadtest.scaling.Autoscaler;
import dev.evalfleet.loadtest.scaling.KafkaTrigger;
import dev.evalfleet.loadtest.stage.States;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/// One request, from zero workers to zero workers.
final class LiveRun {
    private static final Duration GLANCE = Duration.ofMillis(250);
    private static final Duration SETTLED = Duration.ofSeconds(20);

    private final LiveModel model;
    private final LiveFleet processes;
    private final Workers workers;
    private final GroupLag group;
    private final States states;
    private final List<Moment> moments = new ArrayList<>();
    private Instant submitted = Instant.MAX;

    /// What was seen at a glance.
    record Moment(Instant at, int wanted, int ready, long lag) {}

    private LiveRun(LiveModel model, LiveFleet processes, Workers workers, GroupLag group, States states) {
        this.model = model;
        this.processes = processes;
        this.workers = workers;
        this.group = group;
        this.states = states;
    }

    /// @param folder for everything the processes write
    /// @param atMost after which it is given up
    static LiveOutcome play(LiveModel model, Path folder, Duration atMost) throws IOException, InterruptedException {
        try (LiveFleet processes = LiveFleet.start(folder, model);
                Workers workers = new Workers(processes::worker);
                GroupLag group = new GroupLag(processes.fleet(), model);
                States states = new States(processes.fleet())) {
            LiveRun run = new LiveRun(model, processes, workers, group, states);
            run.scale(atMost);
            return run.outcome();
        }
    }

    private void scale(Duration atMost) throws InterruptedException {
        Instant start = Instant.now();
        Autoscaler autoscaler = new Autoscaler(model.pool(), start, start);
        processes.submit();
        submitted = Instant.now();
        boolean worked = false;
        while (!(worked && workers.allGone() && hasEnded(states))) {
            Instant now = Instant.now();
            if (Duration.between(start, now).compareTo(atMost) > 0) {
                throw new IllegalStateException(
                        "the run was not over and the fleet not at zero after " + atMost + ": " + moments.getLast());
            }
            if (!now.isBefore(autoscaler.next())) {
                int wanted = workers.count();
                workers.scaleTo(autoscaler.look(now, wanted, wanted, this::lag), now);
            }
            glance(now);
            worked |= workers.count() > 0;
            pause(autoscaler.next());
        }
    }

    private KafkaTrigger.Reading lag() {
        try {
            return group.offsets().read(model.pool().trigger());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for the lag", e);
        }
    }

    private void glance(Instant now) throws InterruptedException {
        workers.observe(group.readers(), Instant.now());
        moments.add(new Moment(
                now, workers.count(), workers.reading(), group.offsets().lag()));
    }

    private static void pause(Instant next) throws InterruptedException {
        Duration left = Duration.between(Instant.now(), next);
        Thread.sleep(left.isNegative() ? Duration.ZERO : left.compareTo(GLANCE) < 0 ? left : GLANCE);
    }

    private static boolean hasEnded(States states) {
        try {
            return states.of(LiveModel.REQUEST)
                    .map(RunState::getStatus)
                    .filter(status -> status != RunStatus.PLANNED && status != RunStatus.RUNNING)
                    .isPresent();
        } catch (KafkaException away) {
            return false;
        }
    }

    // What the checker says is right soon after the end, when the last records are there.
    private LiveOutcome outcome() throws InterruptedException {
        HistoryReader reader = new HistoryReader(processes.fleet(), LiveModel.POOL);
        List<History> last = new ArrayList<>();
        Patience.until(SETTLED, () -> {
            last.add(reader.read());
            return OfflineCheck.of(last.getLast()).holds();
        });
        History history = last.getLast();
        CheckReport check = OfflineCheck.of(history);
        return LiveOutcome.of(model, history, check, workers, moments, submitted);
    }
}
