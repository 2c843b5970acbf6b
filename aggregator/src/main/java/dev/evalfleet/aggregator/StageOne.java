package dev.evalfleet.aggregator;

import dev.evalfleet.aggregator.streams.Latest;
import dev.evalfleet.aggregator.streams.Lifetimes;
import dev.evalfleet.aggregator.streams.StoreKind;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.StoreBuilder;

/// What the steps by document share: where they keep their rows, and how long.
///
/// @param keptFor how long beyond the end of a run
/// @param pairs builds the store of answers by document
/// @param frozen builds the store of named baselines
record StageOne(
        StoreKind stores,
        Serde<RunState> states,
        Serde<RunControl> controls,
        Duration keptFor,
        StoreBuilder<?> pairs,
        StoreBuilder<?> frozen) {
    /// As long as results are kept themselves.
    private static final Duration UNKNOWN_RUNS_FOR = Duration.ofDays(30);

    Lifetimes lifetimes(ProcessorContext<?, ?> context) {
        Latest<RunState> latest = new Latest<>(context.getStateStore(EvalTopology.RUN_STATES), states.deserializer());
        return new Lifetimes(latest, keptFor, UNKNOWN_RUNS_FOR);
    }
}
