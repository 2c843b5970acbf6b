package dev.evalfleet.producer;

import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import java.util.List;

/// What became of a request: all of its runs, or every reason why there are none.
public sealed interface Planning {

    /// @param runs baseline first
    /// @param promptTokens estimate over all runs, at four characters a token
    record Accepted(List<RunPlan> runs, long samples, long promptTokens) implements Planning {}

    record Rejected(List<Problem> problems) implements Planning {}
}
