package dev.evalfleet.worker;

import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.kafka.ProcessMain;

/// The worker as a process of its own.
public final class WorkerMain {
    private WorkerMain() {}

    public static void main(String[] arguments) {
        ProcessMain.run(
                WorkerMain.class,
                "worker",
                arguments,
                new Kind<>(
                        WorkerSettings::from,
                        WorkerService::new,
                        (topics, settings) -> WorkerService.rights(topics, settings.pool())));
    }
}
