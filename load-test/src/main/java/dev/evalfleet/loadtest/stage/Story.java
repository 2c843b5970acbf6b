package dev.evalfleet.loadtest.stage;

/// What happens in a scenario.
@FunctionalInterface
public interface Story {
    /// @throws SkippedException when it cannot be played on this machine
    void play(Stage stage) throws Exception;
}
