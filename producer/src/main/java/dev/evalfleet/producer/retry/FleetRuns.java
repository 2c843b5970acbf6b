package dev.evalfleet.producer.retry;

import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.runtime.kafka.ResultReader;
import dev.evalfleet.runtime.kafka.TopicFollower;
import dev.evalfleet.schemas.avro.PlanStatus;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Read from `plans`, `runs` and `results` each time it is asked: retries are rare.
public final class FleetRuns implements EndedRuns {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Fleet fleet;

    public FleetRuns(Fleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public Found find(String runId) {
        AtomicReference<@Nullable RunPlan> plan = new AtomicReference<>();
        AtomicReference<@Nullable RunState> state = new AtomicReference<>();
        Set<String> known = ConcurrentHashMap.newKeySet();
        TopicFollower reading = new TopicFollower(fleet, "ended-runs")
                .on(fleet.topics().plans(), at -> {
                    RunPlan seen = at.value();
                    if (seen != null && seen.getStatus() == PlanStatus.ACCEPTED) {
                        known.add(at.key());
                        if (at.key().equals(runId)) {
                            plan.set(seen);
                        }
                    }
                })
                .on(fleet.topics().runs(), at -> {
                    if (at.key().equals(runId)) {
                        state.set(at.value());
                    }
                });
        try (reading) {
            reading.start();
            reading.awaitCaughtUp(PATIENCE);
        }
        return new Found(plan.get(), state.get(), known);
    }

    @Override
    public void results(RunState run, Consumer<SampleResult> then) {
        new ResultReader(fleet).read(List.of(run), then);
    }
}
