package dev.evalfleet.aggregator;

import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.kafka.ProcessMain;

/// The aggregator as a process of its own.
public final class AggregatorMain {
    private AggregatorMain() {}

    public static void main(String[] arguments) {
        ProcessMain.run(
                AggregatorMain.class,
                "aggregator",
                arguments,
                new Kind<>(AggregatorSettings::from, AggregatorService::new, AggregatorService::rights));
    }
}
