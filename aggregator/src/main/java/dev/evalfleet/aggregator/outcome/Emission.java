package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;

/// What the run stage has to say.
public sealed interface Emission {

    record MetricChanged(Metric metric) implements Emission {}

    record RunChanged(RunState state) implements Emission {}

    /// The same for the request the run belongs to; keyed by request.
    record PartChanged(RunSummary summary) implements Emission {}

    /// A statement that became certain.
    record Raised(Alert alert) implements Emission {}

    /// What the aggregator asks of a run.
    record Asked(RunControl control) implements Emission {}

    /// A result that was refused here; its bytes stay in the results topic, at the origin that the headers name.
    record Refused() implements Emission {}
}
