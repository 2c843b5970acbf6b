package dev.evalfleet.local.stats;

import dev.evalfleet.aggregator.stats.simulation.AlarmSimulation;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.view.Table;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet stats simulate`: false alarms and detection, measured on our own code.
@Command(
        name = "simulate",
        description = {
            "Simulate paired runs of 0/1 scores, watched after every sample, and print how often the regression alert is"
                    + " raised, how often a gate's verdict contradicts the completed run, and how early it comes.",
            "One row per true drop: none (every alert is a false alarm), the tolerated drop itself (the gate's worst"
                    + " case), and those of --drop. For comparison: a z-test repeated after every sample at the same alpha."
        })
final class SimulateCommand implements Callable<Integer> {

    @Option(names = "--reps", paramLabel = "N", description = "Simulated runs per row. Default: ${DEFAULT-VALUE}.")
    private int reps = 5_000;

    @Option(names = "--n", paramLabel = "N", description = "Samples per run. Default: ${DEFAULT-VALUE}.")
    private int samples = 1_000;

    @Option(names = "--p", paramLabel = "P", description = "Accuracy of the baseline. Default: ${DEFAULT-VALUE}.")
    private double accuracy = 0.9;

    @Option(
            names = "--discordance",
            paramLabel = "Q",
            description = "Share of samples on which candidate and baseline differ. Default: ${DEFAULT-VALUE}.")
    private double discordance = 0.1;

    @Option(
            names = "--delta",
            paramLabel = "D",
            description = "Drop that the gate tolerates. Default: ${DEFAULT-VALUE}.")
    private double delta = 0.02;

    @Option(
            names = "--drop",
            split = ",",
            paramLabel = "D",
            description = "True drops to simulate besides 0 and delta.")
    private List<Double> drops = List.of();

    @Option(names = "--alpha", paramLabel = "A", description = "Error probability. Default: ${DEFAULT-VALUE}.")
    private double alpha = 0.05;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of the simulation. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        var all = new TreeSet<>(drops);
        all.add(0.0);
        all.add(delta);
        Table table = new Table(
                ">true drop",
                ">regression alert",
                ">repeated z-test",
                ">gate fails",
                ">gate passes",
                ">contradicts full run",
                ">seen (median)",
                ">saved (mean)");
        boolean isDeltaPossible = isPossible(delta);
        for (double drop : all) {
            if (drop != delta || isDeltaPossible || drops.contains(drop)) {
                row(table, drop);
            }
        }
        output.out()
                .println(String.format(
                        Locale.ROOT,
                        "%,d runs of %,d samples per row, accuracy %s, discordance %s, tolerated drop %s, alpha %s, seed %d",
                        reps,
                        samples,
                        accuracy,
                        discordance,
                        delta,
                        alpha,
                        seed));
        table.print(output.out());
        if (!isDeltaPossible && !drops.contains(delta)) {
            output.say("No model can be worse by the tolerated drop " + delta + " where " + discordance
                    + " of the answers differ and " + accuracy + " are right: there is no row for it.");
        }
        output.out().flush();
        return ExitCodes.OK;
    }

    private AlarmSimulation simulation(double drop) {
        return new AlarmSimulation(reps, samples, accuracy, discordance, drop, delta, alpha, seed);
    }

    // Other mistakes than the size of the drop show in the row without one.
    private boolean isPossible(double drop) {
        try {
            simulation(0);
            simulation(drop);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void row(Table table, double drop) {
        AlarmSimulation.Rates rates;
        try {
            rates = simulation(drop).run();
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
        table.row(
                String.valueOf(drop),
                percent(rates.regressionAlerts()),
                percent(rates.zTestAlarms()),
                percent(rates.failed()),
                percent(rates.passed()),
                percent(rates.contradicted()),
                percent(rates.medianSeen()),
                percent(rates.meanSaved()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
