package dev.evalfleet.aggregator.stats.simulation;

import dev.evalfleet.aggregator.stats.sequential.Gate;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Simulates paired runs of 0/1 scores that are watched after every sample.
///
/// Each pair is discordant with probability `discordance`; the candidate loses with probability
/// (discordance + drop) / 2 and gains with (discordance - drop) / 2, so its true mean difference is -drop.
///
/// @param runs number of simulated runs, at least 1
/// @param samples pairs per run, at least 1
/// @param accuracy share of documents the baseline answers right, in (0, 1)
/// @param discordance share of pairs on which the two differ, in [0, 1]
/// @param drop true drop of the candidate, in [-discordance, discordance]
/// @param delta tolerated drop of the gate, at least 0
/// @param alpha error probability, in (0, 0.5)
/// @param seed seed of the simulation
public record AlarmSimulation(
        int runs,
        int samples,
        double accuracy,
        double discordance,
        double drop,
        double delta,
        double alpha,
        long seed) {

    /// Repeated z-tests start here: below it nobody would trust a normal approximation.
    private static final int FIRST_Z_TEST = 30;

    public AlarmSimulation {
        require(runs >= 1, "runs must be at least 1, was " + runs);
        require(samples >= 1, "samples must be at least 1, was " + samples);
        require(accuracy > 0 && accuracy < 1, "accuracy must be in (0, 1), was " + accuracy);
        require(discordance >= 0 && discordance <= 1, "discordance must be in [0, 1], was " + discordance);
        require(Math.abs(drop) <= discordance, "drop must be within the discordance, was " + drop);
        require(delta >= 0 && delta <= 1, "delta must be in [0, 1], was " + delta);
        require(alpha > 0 && alpha < 0.5, "alpha must be in (0, 0.5), was " + alpha);
        double losing = (discordance + drop) / 2;
        double gaining = (discordance - drop) / 2;
        require(
                losing <= accuracy && gaining <= 1 - accuracy,
                "accuracy %s leaves no room for a discordance of %s: at most %s of the answers can be lost and %s gained"
                        .formatted(accuracy, discordance, accuracy, 1 - accuracy));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /// What was seen, as shares of the runs unless said otherwise.
    ///
    /// @param regressionAlerts runs in which the regression alert was raised at any moment
    /// @param zTestAlarms runs in which a one-sided z-test, repeated after every sample, ever rejected at
    ///     the same alpha
    /// @param failed runs whose gate failed
    /// @param passed runs whose gate passed
    /// @param contradicted runs whose verdict differs from that of the completed run
    /// @param medianSeen median share of the samples folded when the verdict was reached
    /// @param meanSaved mean share of the samples that were not needed for the verdict
    public record Rates(
            double regressionAlerts,
            double zTestAlarms,
            double failed,
            double passed,
            double contradicted,
            double medianSeen,
            double meanSaved) {}

    /// Runs the simulation; the same settings give the same rates.
    public Rates run() {
        var random = new SplittableRandom(seed);
        int alerts = 0;
        int alarms = 0;
        int failed = 0;
        int passed = 0;
        int contradicted = 0;
        var seen = new double[runs];
        for (int run = 0; run < runs; run++) {
            SimulatedRun one = simulate(random.split());
            alerts += one.regressed ? 1 : 0;
            alarms += one.zTestRejected ? 1 : 0;
            failed += one.failed ? 1 : 0;
            passed += one.passed ? 1 : 0;
            contradicted += one.contradicted ? 1 : 0;
            seen[run] = one.seen;
        }
        double meanSaved = 1 - Arrays.stream(seen).average().orElse(1);
        Arrays.sort(seen);
        return new Rates(
                (double) alerts / runs,
                (double) alarms / runs,
                (double) failed / runs,
                (double) passed / runs,
                (double) contradicted / runs,
                seen[runs / 2],
                meanSaved);
    }

    private record SimulatedRun(
            boolean regressed,
            boolean zTestRejected,
            boolean failed,
            boolean passed,
            boolean contradicted,
            double seen) {}

    private SimulatedRun simulate(SplittableRandom random) {
        Gate gate = Gate.relative(delta, 0, alpha, samples, 1);
        double losing = (discordance + drop) / 2;
        double critical = NormalQuantile.of(1 - alpha);
        long sum = 0;
        long discordant = 0;
        boolean zTestRejected = false;
        for (int i = 1; i <= samples; i++) {
            double u = random.nextDouble();
            int d = u < losing ? -1 : u < discordance ? 1 : 0;
            gate.fold(d);
            sum += d;
            discordant += Math.abs(d);
            zTestRejected |= i >= FIRST_Z_TEST && z(sum, discordant, i) < -critical;
        }
        boolean fullRunFails = sum < -delta * samples - 1e-9;
        boolean failed = gate.outcome() == VerdictOutcome.FAIL;
        boolean passed = gate.outcome() == VerdictOutcome.PASS || gate.outcome() == VerdictOutcome.PASS_WITH_REGRESSION;
        long decidedAt =
                Math.min(gate.failedAt().orElse((long) samples), gate.passedAt().orElse((long) samples));
        return new SimulatedRun(
                gate.regressedAt().isPresent(),
                zTestRejected,
                failed,
                passed,
                (failed && !fullRunFails) || (passed && fullRunFails),
                (double) decidedAt / samples);
    }

    private static double z(long sum, long discordant, int n) {
        double mean = (double) sum / n;
        double variance = ((double) discordant / n - mean * mean) / n;
        return variance <= 0 ? 0 : mean / Math.sqrt(variance);
    }
}
