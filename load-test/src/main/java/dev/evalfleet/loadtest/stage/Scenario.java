package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.process.Cast;

/// A fault scenario.
///
/// @param submits whether the main request is submitted before the story begins
public record Scenario(String name, String summary, Cast cast, Expected expected, boolean submits, Story story) {

    /// How the main request has to end.
    public enum Expected {
        /// Every sample is scored: whatever broke, it was nobody's answer.
        ALL_SCORED,
        /// Every sample is scored or failed.
        ALL_ENDED,
        /// It was cancelled.
        CANCELLED
    }

    public static Scenario of(String name, String summary, Cast cast, Expected expected, Story story) {
        return new Scenario(name, summary, cast, expected, true, story);
    }
}
