package dev.evalfleet.worker.inference;

import dev.evalfleet.schemas.avro.Output;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one inference call ended.
public sealed interface Completion {

    /// The model answered. `took` is the time of the call; `endpoint` is null for in-process backends.
    record Answered(
            List<Output> outputs,
            long promptTokens,
            long outputTokens,
            Duration took,
            @Nullable Duration timeToFirstToken,
            @Nullable String endpoint)
            implements Completion {

        public Answered {
            outputs = List.copyOf(outputs);
        }
    }

    /// Too many calls at once. Tried again later, with fewer calls at a time.
    record Throttled(@Nullable Duration retryAfter) implements Completion {}

    /// The model will never answer this sample, which may be too long for it: failed, and the model counts for it.
    /// `code` is a short stable word such as `context_length`.
    record Refused(String code, String reason) implements Completion {}

    /// The server or the engine cannot do what is asked, for example it knows no log-likelihoods: failed at once, and
    /// the machinery counts for it.
    record Unsupported(String reason) implements Completion {}

    /// No answer, or no further token, within the time allowed. Tried again.
    record TimedOut(Duration after) implements Completion {}

    /// This call broke: an error 500, a reset connection, a cut stream, an answer that cannot be read, an engine that
    /// failed on the batch. Tried again; if all calls break, the backend counts as unavailable.
    /// `code` is a short stable word such as `server_error`.
    record Broken(String code, String reason) implements Completion {}

    /// Nobody can be asked now: no connection, credentials refused, unknown model. No sample is to blame, so none
    /// spends an attempt: they wait until the model is back.
    record Unavailable(String reason) implements Completion {}

    /// The call was given up because its [Cancellation] was requested.
    record Cancelled() implements Completion {}
}
