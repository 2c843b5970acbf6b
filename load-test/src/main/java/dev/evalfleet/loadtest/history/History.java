package dev.evalfleet.loadtest.history;

import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.List;

/// Everything that stands on the topics of a fleet, each topic in the order of its partitions and offsets. Values that
/// cannot be decoded are left out, as every reader leaves them out.
///
/// @param undecodable how many values could not be decoded
/// @param deadLetters how many records were dead-lettered
public record History(
        List<At<RunPlan>> plans,
        List<At<Sample>> samples,
        List<At<SampleResult>> results,
        List<At<RunState>> states,
        List<At<Metric>> metrics,
        List<At<DispatchCursor>> cursors,
        long undecodable,
        long deadLetters) {

    public History {
        plans = List.copyOf(plans);
        samples = List.copyOf(samples);
        results = List.copyOf(results);
        states = List.copyOf(states);
        metrics = List.copyOf(metrics);
        cursors = List.copyOf(cursors);
    }
}
