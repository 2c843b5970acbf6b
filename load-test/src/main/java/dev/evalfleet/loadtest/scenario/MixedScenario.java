package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.check.FaultMark.Proof;
import dev.evalfleet.loadtest.model.TaskFolder;
import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.process.Configs;
import dev.evalfleet.loadtest.process.Member;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import dev.evalfleet.loadtest.stage.Story;
import dev.evalfleet.schemas.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Everything at once: two of each that can be two, and all faults in an order that the seed decides.
final class MixedScenario {
    private static final String UNWANTED = "unwanted";

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
                "all of it in random order: kills, pauses, wipes, comings and goings, every trouble of the model, poison, replays",
                Cast.standard().withProducers(2).withAggregators(2),
                Expected.ALL_ENDED,
                MixedScenario::play);
    }

    private static void play(Stage stage) throws Exception {
        List<Story> faults = new ArrayList<>(List.of(
                Faults::killWorker,
                Faults::pauseWorker,
                WorkerScenarios::join,
                WorkerScenarios::leave,
                Faults::killActiveProducer,
                Faults::killAggregator,
                Faults::wipeAggregator,
                Faults::killBroker,
                ModelScenarios::goneForAWhile,
                MixedScenario::poison,
                MixedScenario::replay,
                MixedScenario::cancelAnother));
        ModelScenarios.ALL.forEach(trouble -> faults.add(trouble::forAWhile));
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

    private static void poison(Stage stage) {
        for (Topic<?> topic : TopicScenarios.poisoned(stage)) {
            TopicScenarios.small(stage, topic);
            TopicScenarios.large(stage, topic);
        }
    }

    // A request of its own that is cancelled as it begins, while a worker is dead.
    private static void cancelAnother(Stage stage) throws InterruptedException {
        TaskFolder.write(stage.tasks(), UNWANTED, 1_000_000, 1_000);
        stage.hand().submit(UNWANTED, UNWANTED, Configs.MODELS.subList(0, 1));
        Member worker = stage.any(Role.WORKER);
        stage.mayRepeat(Faults.inFlightAndUncommitted(stage));
        stage.mark("SIGKILL of " + worker.name() + ", and another request cancelled", Proof.OUTSTANDING_ANSWERED);
        worker.kill();
        stage.hand().cancel(UNWANTED);
        worker.start();
    }

    private static void replay(Stage stage) {
        stage.mayRepeat(TopicScenarios.replaySamples(stage));
        stage.hand().replay(stage.topics().results(), 200);
        stage.hand().submit(Stage.REQUEST, Stage.TASK, Configs.MODELS);
    }
}
