package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.model.Mood;
import dev.evalfleet.loadtest.model.Mood.Trouble;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The model server misbehaves for some seconds, twice, and recovers.
final class ModelScenarios {
    /// Everything it does, with how the request has to end: an outage is nobody's answer, while a sample that meets a
    /// broken answer at each of its attempts has failed.
    static final List<Misbehaviour> ALL = List.of(
            new Misbehaviour("model-hang", "no call is answered", Mood.always(Trouble.HANG), Expected.ALL_SCORED),
            new Misbehaviour(
                    "model-slow-stream",
                    "half of the answers come a word now and then",
                    new Mood(Trouble.SLOW_STREAM, 0.5),
                    Expected.ALL_SCORED),
            new Misbehaviour(
                    "model-truncated-stream",
                    "a quarter of the streams are cut",
                    new Mood(Trouble.TRUNCATED_STREAM, 0.25),
                    Expected.ALL_ENDED),
            new Misbehaviour(
                    "model-malformed-json",
                    "a quarter of the answers are no JSON",
                    new Mood(Trouble.MALFORMED_JSON, 0.25),
                    Expected.ALL_ENDED),
            new Misbehaviour(
                    "model-500s", "every call is a 500", Mood.always(Trouble.SERVER_ERROR), Expected.ALL_SCORED),
            new Misbehaviour(
                    "model-401", "every call is a 401", Mood.always(Trouble.UNAUTHORISED), Expected.ALL_SCORED),
            new Misbehaviour(
                    "model-429-with-retry-after",
                    "every call is a 429 with Retry-After",
                    Mood.always(Trouble.THROTTLED_WITH_RETRY_AFTER),
                    Expected.ALL_SCORED),
            new Misbehaviour(
                    "model-429-without-retry-after",
                    "every call is a 429 without Retry-After",
                    Mood.always(Trouble.THROTTLED),
                    Expected.ALL_SCORED),
            new Misbehaviour(
                    "connection-reset",
                    "a quarter of the connections are reset",
                    new Mood(Trouble.RESET, 0.25),
                    Expected.ALL_ENDED));

    private ModelScenarios() {}

    record Misbehaviour(String name, String summary, Mood mood, Expected expected) {
        private Scenario scenario() {
            return Scenario.of(
                    name, summary + ", twice for some seconds", Cast.standard().withWorkers(2), expected, stage -> {
                        for (double share : List.of(0.2, 0.6)) {
                            stage.reach(share);
                            forAWhile(stage);
                        }
                    });
        }

        void forAWhile(Stage stage) throws InterruptedException {
            stage.model().mood(mood);
            stage.pause(Duration.ofSeconds(4), Duration.ofSeconds(7));
            stage.model().mood(Mood.GOOD);
            stage.mark(name + " is over", Proof.ANSWERED);
        }
    }

    static List<Scenario> all() {
        List<Scenario> all =
                new ArrayList<>(ALL.stream().map(Misbehaviour::scenario).toList());
        all.add(Scenario.of(
                "model-gone-and-back",
                "the model server is gone, and comes back, twice",
                Cast.standard(),
                Expected.ALL_SCORED,
                ModelScenarios::gone));
        return all;
    }

    static void gone(Stage stage) throws InterruptedException {
        for (double share : List.of(0.2, 0.6)) {
            stage.reach(share);
            goneForAWhile(stage);
        }
    }

    static void goneForAWhile(Stage stage) throws InterruptedException {
        // what was just answered and not read any more is asked again
        stage.mayRepeat((long) stage.cast().workers() * stage.cast().inFlight());
        stage.model().leave();
        stage.pause(Duration.ofSeconds(3), Duration.ofSeconds(6));
        stage.model().comeBack();
        stage.mark("the model server is back", Proof.ANSWERED);
    }
}
