package dev.evalfleet.loadtest.scenario;

import dev.evalfleet.loadtest.process.Cast;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.Scenario.Expected;
import dev.evalfleet.loadtest.stage.Stage;
import java.util.List;
import java.util.stream.DoubleStream;

/// Producer, aggregator and broker die.
final class CoreScenarios {
    private CoreScenarios() {}

    static List<Scenario> all() {
        Cast cast = Cast.standard().withWorkers(2);
        return List.of(
                Scenario.of(
                        "producer-kill",
                        "SIGKILL of the active of two producers mid-dispatch, twice",
                        cast.withProducers(2),
                        Expected.ALL_SCORED,
                        CoreScenarios::producerKill),
                Scenario.of(
                        "aggregator-kill",
                        "SIGKILL of the only aggregator at three random moments, once or more with its state wiped",
                        cast,
                        Expected.ALL_SCORED,
                        CoreScenarios::aggregatorKillAndWipe),
                Scenario.of(
                        "aggregator-kill-one-of-two",
                        "SIGKILL of one of two aggregators at three random moments",
                        cast.withAggregators(2),
                        Expected.ALL_SCORED,
                        CoreScenarios::aggregatorKill),
                Scenario.of(
                        "aggregator-wipe",
                        "SIGKILL of the aggregator at three random moments, its state directory wiped each time",
                        cast,
                        Expected.ALL_SCORED,
                        CoreScenarios::aggregatorWipe),
                Scenario.of(
                        "broker-restart",
                        "SIGKILL of the broker, started again on the same data, twice",
                        cast,
                        Expected.ALL_SCORED,
                        CoreScenarios::brokerRestart));
    }

    private static void producerKill(Stage stage) throws InterruptedException {
        for (double share : List.of(0.15, 0.5)) {
            stage.reach(share);
            Faults.killActiveProducer(stage);
        }
    }

    private static void aggregatorKill(Stage stage) throws InterruptedException {
        for (double moment : moments(stage)) {
            stage.reach(moment);
            Faults.killAggregator(stage);
        }
    }

    private static void aggregatorWipe(Stage stage) throws InterruptedException {
        for (double moment : moments(stage)) {
            stage.reach(moment);
            Faults.wipeAggregator(stage);
        }
    }

    private static void aggregatorKillAndWipe(Stage stage) throws InterruptedException {
        double[] moments = moments(stage);
        int certain = stage.random().nextInt(moments.length);
        for (int time = 0; time < moments.length; time++) {
            stage.reach(moments[time]);
            if (time == certain || stage.random().nextBoolean()) {
                Faults.wipeAggregator(stage);
            } else {
                Faults.killAggregator(stage);
            }
        }
    }

    private static double[] moments(Stage stage) {
        return DoubleStream.generate(stage.random()::nextDouble)
                .limit(3)
                .map(moment -> 0.02 + 0.9 * moment)
                .sorted()
                .toArray();
    }

    private static void brokerRestart(Stage stage) throws InterruptedException {
        for (double share : List.of(0.2, 0.6)) {
            stage.reach(share);
            Faults.killBroker(stage);
        }
    }
}
