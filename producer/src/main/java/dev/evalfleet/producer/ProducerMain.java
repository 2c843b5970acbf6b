package dev.evalfleet.producer;

import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.kafka.ProcessMain;

/// The producer as a process of its own.
public final class ProducerMain {
    private ProducerMain() {}

    public static void main(String[] arguments) {
        ProcessMain.run(
                ProducerMain.class,
                "producer",
                arguments,
                new Kind<>(ProducerSettings::from, ProducerService::new, ProducerService::rights));
    }
}
