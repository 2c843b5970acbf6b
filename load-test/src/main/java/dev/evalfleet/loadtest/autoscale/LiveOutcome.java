package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.check.CheckReport;
import dev.evalfleet.loadtest.history.At;
import dev.evalfleet.loadtest.history.History;
import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.loadtest.scaling.Ledger;
import dev.evalfleet.loadtest.scaling.Replicas;
import dev.evalfleet.loadtest.simulate.FleetModel;
import dev.evalfleet.loadtest.simulate.FleetSimulation;
import dev.evalfleet.loadtest.simulate.Work;
import dev.evalfleet.schemas.avro.SampleResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What was measured, what the checker found, and what the simulation says of the same run.
///
/// @param untilDispatched seconds from the request to the first sample on the topic
/// @param coldStart seconds from the start of a worker process to its first partition, in the mean
/// @param exit seconds from SIGTERM to the end of a worker that had nothing left to do
/// @param measured seconds count from the first sample on the topic
/// @param complaints of processes that ended by themselves or did not stop in time
record LiveOutcome(
        double untilDispatched,
        double coldStart,
        double exit,
        CheckReport check,
        FleetReport measured,
        FleetReport simulated,
        List<String> complaints) {

    static LiveOutcome of(
            LiveModel model,
            History history,
            CheckReport check,
            Workers workers,
            List<LiveRun.Moment> moments,
            Instant submitted) {
        Instant zero =
                history.samples().stream().map(At::at).min(Instant::compareTo).orElse(submitted);
        Ledger ledger = new Ledger();
        workers.account(ledger, zero);
        double[] seconds = results(model, history, ledger, zero);
        timeline(moments, ledger, zero);
        return new LiveOutcome(
                Workers.seconds(submitted, zero),
                Arrays.stream(workers.coldStarts()).average().orElse(Double.NaN),
                workers.exit(),
                check,
                ledger.report(model.samples(), model.concurrency(), model.pool().maxReplicas()),
                FleetSimulation.play(same(model, seconds, workers)),
                workers.complaints());
    }

    /// Enters the results into the books; what was answered again is lost work.
    ///
    /// @return seconds of each sample, by position
    private static double[] results(LiveModel model, History history, Ledger ledger, Instant zero) {
        double[] seconds = new double[model.samples()];
        Set<Long> answered = new HashSet<>();
        for (At<SampleResult> result : history.results()) {
            double took = result.value().getLatencyMs() / 1000;
            if (answered.add(result.value().getPosition())) {
                seconds[(int) result.value().getPosition()] = took;
                ledger.result(Workers.seconds(zero, result.at()), took);
            } else {
                ledger.lost(1, took);
            }
        }
        return seconds;
    }

    private static void timeline(List<LiveRun.Moment> moments, Ledger ledger, Instant zero) {
        int before = 0;
        for (LiveRun.Moment moment : moments) {
            double at = Workers.seconds(zero, moment.at());
            ledger.replicas(new Replicas(Math.max(0, at), moment.wanted(), moment.ready(), moment.lag()));
            if (moment.wanted() == 0 && before > 0) {
                ledger.zero(at);
            }
            before = moment.wanted();
        }
    }

    // The same samples in the same order, each as long as it was; of the fleet only how long a process takes to start
    // and to end is taken from what was measured, because that is the machine's.
    private static FleetModel same(LiveModel model, double[] seconds, Workers workers) {
        FleetModel.Pod pod = new FleetModel.Pod(
                model.concurrency(),
                Work.given(workers.coldStarts()),
                model.drain(),
                Duration.ofNanos((long) (workers.exit() * 1e9)),
                Duration.ofMillis(500),
                Duration.ofSeconds(45),
                Duration.ofMillis(10));
        return new FleetModel(
                model.samples(),
                Work.given(seconds),
                model.feed(),
                pod,
                FleetModel.Spot.NONE,
                model.pool(),
                Duration.ofHours(2),
                model.seed());
    }
}
