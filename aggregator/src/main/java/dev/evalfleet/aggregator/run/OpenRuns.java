package dev.evalfleet.aggregator.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The open runs of a task, and since when they are without results. In memory only: after a restart everything is
/// quiet since the start, which errs on the late side.
public final class OpenRuns {
    private static final class Quiet {
        private long since;
        private boolean listed;
        private List<Long> missing = List.of();
    }

    private final Map<String, Quiet> runs = new HashMap<>();

    public boolean isEmpty() {
        return runs.isEmpty();
    }

    public List<String> ids() {
        return new ArrayList<>(runs.keySet());
    }

    /// Something came for the run, or it was opened.
    public void stirred(String runId, long now) {
        Quiet quiet = runs.computeIfAbsent(runId, _ -> new Quiet());
        quiet.since = now;
        quiet.listed = false;
        quiet.missing = List.of();
    }

    /// Something came for a run that may have ended meanwhile.
    public void stirredIfOpen(String runId, long now) {
        if (runs.containsKey(runId)) {
            stirred(runId, now);
        }
    }

    public void closed(String runId) {
        runs.remove(runId);
    }

    /// Whether the run has been quiet for so long, and what it misses was not listed yet.
    public boolean toBeListed(String runId, Duration after, long now) {
        Quiet quiet = runs.get(runId);
        return quiet != null && !quiet.listed && now - quiet.since >= after.toMillis();
    }

    /// Whether nothing came for the run for so long.
    public boolean isQuiet(String runId, Duration duration, long now) {
        Quiet quiet = runs.get(runId);
        return quiet != null && now - quiet.since >= duration.toMillis();
    }

    public void listed(String runId, List<Long> missing) {
        Quiet quiet = runs.get(runId);
        if (quiet != null) {
            quiet.listed = true;
            quiet.missing = List.copyOf(missing);
        }
    }

    public List<Long> missing(String runId) {
        Quiet quiet = runs.get(runId);
        return quiet == null ? List.of() : quiet.missing;
    }
}
