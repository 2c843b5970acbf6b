package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.outcome.Judgement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is remembered of a whole run besides its metrics: what could not be resolved, what was said, what was decided.
final class RunWatch {
    static final Codec<RunWatch> CODEC = Codec.of(2, RunWatch::write, RunWatch::read);

    long unresolved;
    long excluded;
    boolean clustered;
    /// What the run was stopped for; it stays, whatever of the rest is still folded.
    @Nullable
    Judgement stoppedFor;

    /// Σ(E − 1) of the watched slices of the primary metric: an e-value begins at 1.
    private double excess;

    private double largestMean = 1;

    private final Set<String> raised = new TreeSet<>();

    /// Whether this alert is raised for the first time.
    boolean raise(String alertId) {
        return raised.add(alertId);
    }

    /// One of `slices` e-values moved. Their mean is an e-process at each position of the prefix: it is looked at after
    /// every sample, whenever somebody asks.
    void moved(double by, int slices) {
        excess += by;
        largestMean = Math.max(largestMean, 1 + excess / slices);
    }

    /// The largest mean so far of the e-values of the watched slices.
    double largestMean() {
        return largestMean;
    }

    private void write(Out out) {
        out.whole(unresolved).whole(excluded).flag(clustered).flag(stoppedFor != null);
        if (stoppedFor != null) {
            stoppedFor.write(out);
        }
        out.list(List.copyOf(raised), Out::text).real(excess).real(largestMean);
    }

    private static RunWatch read(In in) {
        RunWatch watch = new RunWatch();
        watch.unresolved = in.whole();
        watch.excluded = in.whole();
        watch.clustered = in.flag();
        watch.stoppedFor = in.flag() ? Judgement.read(in) : null;
        watch.raised.addAll(in.list(In::text));
        if (in.version() > 1) {
            watch.excess = in.real();
            watch.largestMean = in.real();
        }
        return watch;
    }
}
