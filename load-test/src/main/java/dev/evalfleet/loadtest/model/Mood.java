package dev.evalfleet.loadtest.model;

/// How the model server behaves at the moment.
///
/// @param share of the calls that it concerns; the others are answered well
public record Mood(Trouble trouble, double share) {

    public static final Mood GOOD = new Mood(Trouble.NONE, 0);

    /// What a call may meet.
    public enum Trouble {
        NONE,
        /// Takes the call and never answers.
        HANG,
        /// A token now and then.
        SLOW_STREAM,
        /// The connection is closed in the middle of the stream.
        TRUNCATED_STREAM,
        /// Something that is no JSON.
        MALFORMED_JSON,
        /// 500.
        SERVER_ERROR,
        /// 401.
        UNAUTHORISED,
        /// 429 with the header that says when to come back.
        THROTTLED_WITH_RETRY_AFTER,
        /// 429 without it.
        THROTTLED,
        /// The connection is reset.
        RESET
    }

    public Mood {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be between 0 and 1, was " + share);
        }
    }

    public static Mood always(Trouble trouble) {
        return new Mood(trouble, 1);
    }
}
