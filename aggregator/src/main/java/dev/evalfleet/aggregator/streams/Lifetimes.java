package dev.evalfleet.aggregator.streams;

import dev.evalfleet.schemas.avro.RunState;
import java.time.Duration;
import java.time.Instant;

/// How long rows of a run or a request are kept: some days beyond its end.
///
/// @param unknownFor how long rows of runs are kept that nobody knows, from their first
public record Lifetimes(Latest<RunState> states, Duration afterEnd, Duration unknownFor) {

    public boolean isOver(String id, long firstSeen, long now) {
        RunState state = states.get(id);
        if (state == null) {
            return now - firstSeen > unknownFor.toMillis();
        }
        Instant finished = state.getFinishedAt();
        return finished != null && now - finished.toEpochMilli() > afterEnd.toMillis();
    }
}
