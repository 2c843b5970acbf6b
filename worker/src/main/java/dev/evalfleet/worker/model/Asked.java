package dev.evalfleet.worker.model;

import dev.evalfleet.schemas.avro.Failure;
import dev.evalfleet.worker.inference.Completion;

/// How asking a model ended, retries included.
public sealed interface Asked {

    record Answered(Completion.Answered completion, int attempts) implements Asked {}

    /// It will not be answered.
    record Failed(Failure failure, int attempts) implements Asked {}

    /// Nobody waits for the answer any more, or this worker is stopping.
    record GivenUp() implements Asked {}
}
