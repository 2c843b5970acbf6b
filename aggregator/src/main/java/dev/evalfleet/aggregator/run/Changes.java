package dev.evalfleet.aggregator.run;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What changed since it was last reported: runs, and slices of them. Nothing else costs anything at a tick.
public final class Changes {
    private final Map<String, Set<String>> slicesByRun = new LinkedHashMap<>();

    /// The run's state changed.
    public void run(String runId) {
        slices(runId, List.of());
    }

    /// The run's state and the metrics of these slices changed.
    public void slices(String runId, List<String> slices) {
        slicesByRun.computeIfAbsent(runId, _ -> new LinkedHashSet<>()).addAll(slices);
    }

    public List<String> runs() {
        return List.copyOf(slicesByRun.keySet());
    }

    public boolean isEmpty() {
        return slicesByRun.isEmpty();
    }

    /// Hands over what changed and starts anew.
    public Map<String, Set<String>> take() {
        Map<String, Set<String>> taken = new LinkedHashMap<>(slicesByRun);
        slicesByRun.clear();
        return taken;
    }

    public Set<String> take(String runId) {
        Set<String> slices = slicesByRun.remove(runId);
        return slices == null ? Set.of() : slices;
    }
}
