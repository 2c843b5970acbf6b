package dev.evalfleet.loadtest.check;

import java.time.Instant;

/// A fault as it was injected.
///
/// @param at when; of a fault that lasts, when it was over
/// @param proof what shows that the fleet is over it
public record FaultMark(String what, Instant at, Proof proof) {

    /// What shows that work goes on.
    public enum Proof {
        /// Everything that was sent and not answered has its result.
        OUTSTANDING_ANSWERED,
        /// One more sample is sent.
        SENT,
        /// One more result comes.
        ANSWERED,
        /// Everything that was answered is in the run states.
        COUNTED
    }
}
