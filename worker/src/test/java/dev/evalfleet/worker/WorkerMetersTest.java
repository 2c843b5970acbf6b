package dev.evalfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.worker.inference.scripted.ScriptedSettings;
import dev.evalfleet.worker.model.RetrySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final InFlight inFlight = new InFlight(4, 1_000);
    private final WorkerSettings settings = WorkerSettings.of(
            "gpu", "w1", List.of(new ModelSettings("m", 1, RetrySettings.DEFAULTS, ScriptedSettings.perfect("m"))));

    @Test
    void whatIsInFlightIsSeenByPoolAndWorkerWhileTheWorkerIsThere() {
        try (WorkerMeters _ = new WorkerMeters(registry, settings, inFlight)) {
            inFlight.started(300);

            assertThat(registry.get("evalfleet.worker.in.flight")
                            .tags("pool", "gpu", "worker", "w1")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(registry.get("evalfleet.worker.in.flight.bytes").gauge().value())
                    .isEqualTo(300);
        }

        assertThat(registry.getMeters()).isEmpty();
    }
}
