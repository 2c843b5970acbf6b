package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.stage.Scenario;
import java.util.ArrayList;
import java.util.List;

/// All fault scenarios, in the order in which they are played.
public final class Scenarios {
    private Scenarios() {}

    public static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(MixedScenario.brief()));
        all.addAll(WorkerScenarios.all());
        all.addAll(CoreScenarios.all());
        all.addAll(ModelScenarios.all());
        all.addAll(TopicScenarios.all());
        all.add(CrowdScenario.scenario());
        all.addAll(MachineScenarios.all());
        all.add(MixedScenario.scenario());
        all.add(ClusterScenario.scenario());
        return List.copyOf(all);
    }
}
