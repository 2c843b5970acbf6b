package dev.evalfleet.aggregator.dashboard;

import dev.evalfleet.runtime.kafka.FleetProcess.Kind;
import dev.evalfleet.runtime.kafka.ProcessMain;

/// The dashboard as a process of its own.
public final class DashboardMain {
    private DashboardMain() {}

    public static void main(String[] arguments) {
        ProcessMain.run(
                DashboardMain.class,
                "dashboard",
                arguments,
                new Kind<>(
                        DashboardSettings::from,
                        DashboardService::new,
                        (topics, _) -> DashboardService.rights(topics)));
    }
}
