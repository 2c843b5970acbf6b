package dev.evalfleet.worker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/// What one worker has read and not finished, as gauges that go with it.
final class WorkerMeters implements AutoCloseable {

    private final MeterRegistry meters;
    private final List<Gauge> gauges;

    WorkerMeters(MeterRegistry meters, WorkerSettings settings, InFlight inFlight) {
        this.meters = meters;
        this.gauges = List.of(
                Gauge.builder("evalfleet.worker.in.flight", inFlight, InFlight::count)
                        .description("Samples read and not finished")
                        .tag("pool", settings.pool())
                        .tag("worker", settings.name())
                        .register(meters),
                Gauge.builder("evalfleet.worker.in.flight.bytes", inFlight, InFlight::bytes)
                        .description("Bytes of the records of these samples")
                        .baseUnit("bytes")
                        .tag("pool", settings.pool())
                        .tag("worker", settings.name())
                        .register(meters));
    }

    @Override
    public void close() {
        gauges.forEach(meters::remove);
    }
}
