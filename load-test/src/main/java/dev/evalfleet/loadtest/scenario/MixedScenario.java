package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.model.Mood;
import dev.evalfleet.loadtest.model.Mood.Trouble;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import dev.evalfleet.loadtest.stage.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Everything at once: two of each that can be two, and all faults in an order that the seed decides.
final class MixedScenario {
    private MixedScenario() {}

    /// One fault of each process and one on the topics, on one fleet: what every build has time for.
    static Scenario brief() {
        return Scenario.of(
                "short",
                "a worker, the aggregator and the active producer killed, an outage, replays: what every build plays",
                Cast.standard().withProducers(2).withWorkers(2),
                Expected.ALL_SCORED,
                stage -> play(
                        stage,
                        List.of(
                                Faults::killWorker,
                                Faults::killAggregator,
                                Faults::killActiveProducer,
                                ModelScenarios::goneForAWhile,
                                MixedScenario::replay)));
    }

    static Scenario scenario() {
        return Scenario.of(
                "mixed",
                "all of it in random order: kills, pauses, wipes, outages, throttling, poison, replays",
                Cast.standard().withProducers(2).withAggregators(2),
                Expected.ALL_ENDED,
                MixedScenario::play);
    }

    private static void play(Stage stage) throws Exception {
        List<Story> faults = new ArrayList<>(List.of(
                Faults::killWorker,
                Faults::pauseWorker,
                Faults::killActiveProducer,
                Faults::killAggregator,
                Faults::wipeAggregator,
                Faults::killBroker,
                ModelScenarios::goneForAWhile,
                MixedScenario::throttle,
                MixedScenario::poison,
                MixedScenario::replay));
        Collections.shuffle(faults, stage.random());
        play(stage, faults);
    }

    private static void play(Stage stage, List<Story> faults) throws Exception {
        double share = 0.05;
        for (Story fault : faults) {
            stage.reach(share);
            fault.play(stage);
            share += 0.8 / faults.size();
        }
    }

    private static void throttle(Stage stage) throws InterruptedException {
        stage.model().mood(new Mood(Trouble.THROTTLED, 0.7));
        stage.pause(Duration.ofSeconds(2), Duration.ofSeconds(4));
        stage.model().mood(Mood.GOOD);
    }

    private static void poison(Stage stage) {
        TopicScenarios.small(stage, stage.topics().samples(Configs.POOL));
        TopicScenarios.small(stage, stage.topics().results());
        TopicScenarios.small(stage, stage.topics().requests());
        TopicScenarios.small(stage, stage.topics().control());
    }

    private static void replay(Stage stage) {
        stage.mayRepeat(TopicScenarios.replaySamples(stage));
        stage.hand().replay(stage.topics().results(), 200);
        stage.hand().submit(Stage.REQUEST, Stage.TASK, Configs.MODELS);
    }
}
