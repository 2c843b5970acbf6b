package dev.evalfleet.loadtest.stage;

import dev.evalfleet.loadtest.process.Cast;

/// A fault scenario.
///
/// @param nightly whether it is too large to be among those that are played when none is named
/// @param submits whether the main request is submitted before the story begins
public record Scenario(
        String name, String summary, Cast cast, Expected expected, boolean submits, boolean nightly, Story story) {

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
        return new Scenario(name, summary, cast, expected, true, false, story);
    }

    /// The same, with a story that submits the request itself.
    public Scenario unsubmitted() {
        return new Scenario(name, summary, cast, expected, false, nightly, story);
    }

    /// The same, for those who have a night.
    public Scenario atNight() {
        return new Scenario(name, summary, cast, expected, submits, true, story);
    }
}
