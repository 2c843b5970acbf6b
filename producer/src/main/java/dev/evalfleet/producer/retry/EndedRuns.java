package dev.evalfleet.producer.retry;

import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the topics say about runs of the past (process edge).
public interface EndedRuns {

    /// A run as it was planned and as it ended.
    ///
    /// @param plan null: there is no such run
    /// @param state null: the aggregator has not seen it
    /// @param known ids of all runs, to suggest one
    record Found(@Nullable RunPlan plan, @Nullable RunState state, Set<String> known) {}

    /// @throws dev.evalfleet.runtime.UnreachableException when the topics cannot be read for now
    Found find(String runId);

    /// Hands over the first result of every sample that has one.
    void results(RunState run, Consumer<SampleResult> then);
}
