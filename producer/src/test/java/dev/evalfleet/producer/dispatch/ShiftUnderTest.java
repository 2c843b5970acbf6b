package dev.evalfleet.producer.dispatch;

import static dev.evalfleet.producer.dispatch.TestRuns.NOON;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.pool.PoolMeters;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/// The dispatcher against a broker in memory: one pool `p` with 4 partitions, marks at 8 and 16.
final class ShiftUnderTest implements AutoCloseable {
    private static final PoolCatalogue POOLS = new PoolCatalogue(List.of(
            new Pool("p", List.of("m"), 2, 2, 4, 8, 16, Routing.Policy.LEAST_OUTSTANDING, TokenPrices.NONE, 4, false)));

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Map<String, PoolMeters> meters = Map.of("p", new PoolMeters(registry, "p"));
    final InMemoryLog log = new InMemoryLog();
    final Map<String, SpoolException> unopenable = new ConcurrentHashMap<>();
    final Set<String> unreadable = new HashSet<>();
    final Set<Long> unrenderable = new HashSet<>();
    final Map<String, Integer> opened = new ConcurrentHashMap<>();
    DispatchShift shift = shift();
    Instant now = NOON;

    @Override
    public void close() {
        shift.close();
    }

    /// Another producer begins, knowing only what it is told.
    void restart() {
        shift.close();
        shift = shift();
    }

    void plan(String runId, long samples) {
        shift.plan(runId, TestRuns.plan(runId, "p", samples).build(), now);
    }

    void ticks(int count) {
        for (int i = 0; i < count; i++) {
            shift.tick(now);
        }
    }

    /// Looks until every position of a run is sent, the workers finishing at once.
    void finish(String runId) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            log.finishAll("p");
            return log.cursors.containsKey(runId) && log.cursor(runId).getDone();
        });
    }

    void untilSent(int samples) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            return log.sent.size() >= samples;
        });
    }

    void untilOpened(String... runIds) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            return opened.keySet().containsAll(List.of(runIds));
        });
    }

    private DispatchShift shift() {
        return new DispatchShift(POOLS, log, this::open, new HashMap<>(meters), DispatchSettings.defaults());
    }

    private RunSamples open(RunPlan plan) throws SpoolException {
        opened.merge(plan.getRunId(), 1, Integer::sum);
        if (unopenable.containsKey(plan.getRunId())) {
            throw unopenable.get(plan.getRunId());
        }
        RunSamples samples = TestRuns.samples(plan);
        return new RunSamples() {
            @Override
            public RunPlan plan() {
                return plan;
            }

            @Override
            public Sample at(long position) {
                if (unreadable.contains(plan.getRunId())) {
                    throw new UncheckedIOException(new IOException("the spool is gone"));
                }
                if (unrenderable.contains(position)) {
                    throw new IllegalStateException("no field 'answer'");
                }
                return samples.at(position);
            }

            @Override
            public void close() {}
        };
    }
}
