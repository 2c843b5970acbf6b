package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.model.TaskFolder;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import java.time.Duration;
import java.util.List;

/// A request of a million samples, and one of a hundred beside it that must not wait.
final class CrowdScenario {
    private static final int BIG = 1_000_000;
    private static final int SMALL = 100;
    private static final String BIG_TASK = "big";
    private static final String SMALL_TASK = "small";
    private static final String SMALL_REQUEST = "small-one";
    private static final long ENOUGH_FOR_BIG = 5_000;

    private CrowdScenario() {}

    static Scenario scenario() {
        return Scenario.of(
                        "big-beside-small",
                        "100 samples beside 1,000,000: the small request ends in its share, then the big one is cancelled",
                        Cast.standard(),
                        Expected.CANCELLED,
                        CrowdScenario::play)
                .unsubmitted();
    }

    // A rehearsal with few samples has a smaller big one, too.
    private static int big(Stage stage) {
        return stage.samples() >= ENOUGH_FOR_BIG ? BIG : (int) stage.samples() * 20;
    }

    private static void play(Stage stage) throws InterruptedException {
        TaskFolder.write(stage.tasks(), BIG_TASK, big(stage));
        TaskFolder.write(stage.tasks(), SMALL_TASK, SMALL);
        List<String> model = List.of(Configs.MODELS.getFirst());
        stage.hand().submit(Stage.REQUEST, BIG_TASK, model);
        stage.reachResults(2_000);
        long before = stage.results();
        stage.mayRepeat(Faults.sentSinceCursor(stage.cast()));
        stage.hand().submit(SMALL_REQUEST, SMALL_TASK, model);
        stage.mark("100 samples beside " + big(stage), Proof.ANSWERED);
        boolean ended = stage.awaitEnd(SMALL_REQUEST, Duration.ofMinutes(10));
        share(stage, ended, before);
        stage.hand().cancel(Stage.REQUEST);
        stage.awaitEnd(Stage.REQUEST, Duration.ofMinutes(10));
        stage.pause(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    // Both have the same priority: while the small one has its hundred, the big one gets as many, and what was sent
    // before. Planning and the end take a few seconds in which the big one has the fleet for itself.
    private static void share(Stage stage, boolean ended, long before) throws InterruptedException {
        var small = stage.state(SMALL_REQUEST);
        if (!ended || small.isEmpty() || small.get().getScored() != SMALL) {
            stage.finding(new Finding(
                    Finding.Kind.WRONG, SMALL_REQUEST, "did not end in time beside the big request: " + small, 1));
            return;
        }
        var first = small.get().getFirstResultAt();
        var last = small.get().getLastResultAt();
        Duration took = first == null || last == null ? Duration.ZERO : Duration.between(first, last);
        long answered = stage.results() - before;
        if (took.compareTo(Duration.ofSeconds(10)) > 0) {
            stage.finding(new Finding(
                    Finding.Kind.WRONG,
                    SMALL_REQUEST,
                    "its %d samples took %s from the first to the last, while %d were answered in all"
                            .formatted(SMALL, took, answered),
                    1));
        }
    }
}
