package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RunPlan;

/// What a run is told, in whatever order it comes.
public sealed interface RunEvent {

    /// The run was planned.
    record Planned(RunPlan plan) implements RunEvent {}

    /// The dispatcher got so far, and gave these positions up.
    record Dispatched(DispatchCursor cursor) implements RunEvent {}

    /// Something about one of its samples.
    record Happened(Outcome outcome) implements RunEvent {}
}
