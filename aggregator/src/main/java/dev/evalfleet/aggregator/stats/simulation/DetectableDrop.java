package dev.evalfleet.aggregator.stats.simulation;

import dev.evalfleet.aggregator.stats.sequential.EProc;

/// How small a drop a regression alert can establish with so many samples. Better said before the run than found out
/// after it: a drop that is too small for N stays undecided however long one looks.
///
/// @param possible smallest drop that can be established at all: every pair that differs is a loss
/// @param likely smallest drop that is established in at least four runs of five at the given discordance; 1 when not
///     even the largest drop that the discordance allows is
public record DetectableDrop(double possible, double likely) {

    private static final int RUNS = 200;
    private static final double POWER = 0.8;
    private static final int STEPS = 9;

    /// Beyond so many samples the drop is taken to shrink with the square root of their number, instead of simulated.
    private static final int MOST_SIMULATED = 4_000;

    /// @param samples pairs of the run, at least 1
    /// @param alpha error probability of the alert, in (0, 0.5)
    /// @param discordance share of pairs on which candidate and baseline are expected to differ, in (0, 1]
    public static DetectableDrop of(long samples, double alpha, double discordance) {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1, was " + samples);
        }
        int simulated = (int) Math.min(samples, MOST_SIMULATED);
        double likely = likely(simulated, alpha, discordance);
        double scaled = likely >= 1 ? 1 : likely * Math.sqrt((double) simulated / samples);
        double possible = Math.min(1, (double) losses(alpha) / samples);
        return new DetectableDrop(possible, Math.max(possible, scaled));
    }

    /// Losses without a gain that raise the alert.
    private static int losses(double alpha) {
        EProc process = EProc.population(0, -1, 1);
        int losses = 1;
        while (process.add(1) < 1 / alpha) {
            losses++;
        }
        return losses;
    }

    private static double likely(int samples, double alpha, double discordance) {
        double tooSmall = 0;
        double enough = discordance;
        if (power(samples, alpha, discordance, enough) < POWER) {
            return 1;
        }
        for (int i = 0; i < STEPS; i++) {
            double middle = (tooSmall + enough) / 2;
            if (power(samples, alpha, discordance, middle) >= POWER) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        return enough;
    }

    private static double power(int samples, double alpha, double discordance, double drop) {
        double accuracy = Math.clamp(1 - discordance / 2, (discordance + drop) / 2, 1 - (discordance - drop) / 2);
        double inside = Math.clamp(accuracy, 1e-9, 1 - 1e-9);
        return new AlarmSimulation(RUNS, samples, inside, discordance, drop, 0, alpha, 1)
                .run()
                .regressionAlerts();
    }
}
