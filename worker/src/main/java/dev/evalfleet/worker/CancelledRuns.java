package dev.evalfleet.worker;

import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.worker.inference.Cancellation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The runs and requests nobody wants answers for any more, as `control` says; their calls under way are given up.
final class CancelledRuns {

    private final Set<String> ids = new HashSet<>();
    private final Map<String, Set<Cancellation>> watching = new HashMap<>();

    /// A record of `control`; null for a tombstone.
    void received(String id, @Nullable RunControl control) {
        List<Cancellation> toCancel;
        synchronized (this) {
            if (control == null || !ends(control.getAction())) {
                ids.remove(id);
                return;
            }
            ids.add(id);
            toCancel = List.copyOf(watching.getOrDefault(id, Set.of()));
        }
        toCancel.forEach(Cancellation::request);
    }

    private static boolean ends(ControlAction action) {
        return switch (action) {
            case CANCEL, STOP_EARLY, LIMIT_REACHED -> true;
            case NONE, SET_BASELINE, RELEASE_BASELINE -> false;
        };
    }

    synchronized boolean contains(Sample sample) {
        return ids.contains(sample.getRunId()) || ids.contains(sample.getRequestId());
    }

    /// Requests the cancellation when the sample's run or request is cancelled; at once if it is.
    Cancellation.Registration watch(Sample sample, Cancellation cancellation) {
        boolean cancelled;
        synchronized (this) {
            cancelled = contains(sample);
            watching.computeIfAbsent(sample.getRunId(), _ -> new HashSet<>()).add(cancellation);
            watching.computeIfAbsent(sample.getRequestId(), _ -> new HashSet<>())
                    .add(cancellation);
        }
        if (cancelled) {
            cancellation.request();
        }
        return () -> forget(sample, cancellation);
    }

    private synchronized void forget(Sample sample, Cancellation cancellation) {
        for (String id : List.of(sample.getRunId(), sample.getRequestId())) {
            watching.computeIfPresent(id, (_, cancellations) -> {
                cancellations.remove(cancellation);
                return cancellations.isEmpty() ? null : cancellations;
            });
        }
    }
}
