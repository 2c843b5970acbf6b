package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.run.Progress;
import dev.evalfleet.aggregator.run.Reception;
import dev.evalfleet.aggregator.streams.DeadLetterHandler;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What Prometheus sees of the evaluations. Labels are models, tasks and metrics, never runs; a gauge that nothing
/// was said of for a while goes, so the number of series follows what is evaluated now.
final class AggregatorMeters implements AutoCloseable {
    static final Duration KEPT_FOR = Duration.ofMinutes(15);

    private static final int MOST_GAUGES = 2000;
    private static final String NO_FILTER = "none";

    private record Series(String name, Tags tags) {}

    private static final class Held {
        private volatile double value;
        private volatile long at;
        private volatile @Nullable Meter meter;
    }

    private final MeterRegistry registry;
    private final Map<Series, Held> gauges = new ConcurrentHashMap<>();

    AggregatorMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void result(Reception.Kind kind) {
        registry.counter("evalfleet.results", "outcome", kind.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    void deadLettered() {
        registry.counter("evalfleet.dead.letters", "stage", DeadLetterHandler.STAGE)
                .increment();
    }

    /// The score of a whole run; slices are in the metrics topic.
    void metric(Metric metric) {
        Double value = metric.getValue();
        if (metric.getSlice().isEmpty() && value != null) {
            String name = metric.getFilter().equals(NO_FILTER)
                    ? metric.getMetric()
                    : metric.getMetric() + "," + metric.getFilter();
            Tags tags = Tags.of("model", model(metric.getModel(), metric.getVariant()), "task", metric.getTask());
            set(
                    new Series("llm.evaluation.score", tags.and("metric", name)),
                    value,
                    metric.getUpdatedAt().toEpochMilli());
        }
    }

    void run(RunState state) {
        Tags tags = Tags.of("model", model(state.getModel(), state.getVariant()), "task", state.getTask());
        long now = state.getUpdatedAt().toEpochMilli();
        samples(tags, "expected", state.getExpected(), now);
        samples(tags, "scored", state.getScored(), now);
        samples(tags, "failed_model", state.getFailedModel(), now);
        samples(tags, "failed_infrastructure", state.getFailedInfrastructure(), now);
        samples(tags, "cancelled", state.getCancelled(), now);
    }

    /// A run ended: from its plan to its last outcome.
    void ended(RunPlan plan, Progress progress) {
        long took = progress.finishedAt() - plan.getPlannedAt().toEpochMilli();
        Timer.builder("llm.evaluation.duration")
                .description("From the plan of a run to its end")
                .tag("model", model(plan.getModel(), plan.getVariant()))
                .tag("task", plan.getTask())
                .tag("status", progress.status().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .record(Duration.ofMillis(Math.max(0, took)));
    }

    void forgetOld(long now) {
        gauges.forEach((series, held) -> {
            if (now - held.at > KEPT_FOR.toMillis()) {
                forget(series, held);
            }
        });
    }

    @Override
    public void close() {
        gauges.forEach(this::forget);
    }

    private void forget(Series series, Held held) {
        gauges.remove(series);
        Meter meter = held.meter;
        if (meter != null) {
            registry.remove(meter);
        }
    }

    private void samples(Tags tags, String state, long count, long now) {
        set(new Series("evalfleet.evaluation.samples", tags.and("state", state)), (double) count, now);
    }

    private void set(Series series, double value, long now) {
        if (gauges.size() >= MOST_GAUGES && !gauges.containsKey(series)) {
            return;
        }
        Held held = gauges.computeIfAbsent(series, this::register);
        held.value = value;
        held.at = now;
    }

    private Held register(Series series) {
        Held held = new Held();
        held.meter = Gauge.builder(series.name, held, gauge -> gauge.value)
                .tags(series.tags)
                .register(registry);
        return held;
    }

    private static String model(String model, @Nullable String variant) {
        return variant == null ? model : model + "/" + variant;
    }
}
