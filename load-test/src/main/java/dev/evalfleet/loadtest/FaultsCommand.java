package dev.evalfleet.loadtest;

import dev.evalfleet.loadtest.report.MatrixJson;
import dev.evalfleet.loadtest.report.MatrixTable;
import dev.evalfleet.loadtest.scenario.Scenarios;
import dev.evalfleet.loadtest.stage.Outcome;
import dev.evalfleet.loadtest.stage.Scenario;
import dev.evalfleet.loadtest.stage.ScenarioRun;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Interruption;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.view.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `evalfleet faults`: breaks a fleet of real processes in every way we know, and checks from its topics that nothing
/// was lost and nothing counted twice.
@Command(
        name = "faults",
        description = {
            "Break a fleet of real processes on this machine, and check that nothing",
            "is lost and nothing counted twice."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet faults --list",
            "  evalfleet faults                       every scenario but the nightly ones, in about half an hour",
            "  evalfleet faults --nightly             those, too",
            "  evalfleet faults --scenario aggregator-kill --repeat 20",
            "",
            "Exit codes: 0 the checker found nothing wrong, 1 it did (the seed is",
            "printed, the logs are kept), 2 wrong usage."
        })
public final class FaultsCommand implements Subcommand {
    private static final int FEWEST_SAMPLES = 200;

    @Option(names = "--scenario", paramLabel = "NAME", description = "Only this scenario; may be given repeatedly.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--nightly", description = "Also the scenarios that take more than a machine of everyday.")
    private boolean nightly;

    @Option(names = "--seed", defaultValue = "1", description = "Decides what is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Play each scenario that often, with the seeds that follow (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Samples of the request (default: ${DEFAULT-VALUE}).")
    private long samples;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where data and logs go (default: evalfleet-faults in the temporary folder).")
    private @Nullable Path folder;

    @Option(names = "--keep", description = "Keep data and logs also when all is well.")
    private boolean keep;

    @Option(names = "--list", description = "Say which scenarios there are.")
    private boolean list;

    @Option(names = "--json", description = "Print the outcomes as JSON.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandLine command = Objects.requireNonNull(spec, "set by picocli").commandLine();
        List<Scenario> chosen = chosen();
        if (list) {
            list(chosen, command.getOut());
            return ExitCodes.OK;
        }
        List<Outcome> outcomes = play(chosen, command.getErr());
        if (json) {
            command.getOut().println(MatrixJson.of(outcomes));
            command.getOut().flush();
        } else {
            MatrixTable.print(outcomes, command.getOut());
        }
        boolean failed =
                outcomes.stream().anyMatch(outcome -> !outcome.findings().isEmpty());
        return failed ? ExitCodes.FAILED : ExitCodes.OK;
    }

    private List<Outcome> play(List<Scenario> chosen, PrintWriter err) throws InterruptedException, IOException {
        AtomicReference<AutoCloseable> running = new AtomicReference<>(() -> {});
        List<Outcome> outcomes = new ArrayList<>();
        try (var _ = Interruption.runs(() -> end(running))) {
            for (Scenario scenario : chosen) {
                for (int round = 0; round < repeat; round++) {
                    long drawn = seed + round;
                    err.printf("%s, seed %d: ", scenario.name(), drawn);
                    err.flush();
                    Path place = place().resolve(scenario.name() + "-" + drawn);
                    Outcome outcome = new ScenarioRun(scenario, place, samples, drawn, keep).play(running);
                    outcomes.add(outcome);
                    err.printf("%s (%d s)%n", outcome.verdict(), outcome.took().toSeconds());
                    err.flush();
                }
            }
        }
        return outcomes;
    }

    private static void end(AtomicReference<AutoCloseable> running) {
        AutoCloseable open = running.get();
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Scenario> chosen() {
        if (repeat < 1) {
            throw CommandException.usage("--repeat must be at least 1, was " + repeat);
        }
        if (samples < FEWEST_SAMPLES) {
            throw CommandException.usage("--samples must be at least " + FEWEST_SAMPLES + ", was " + samples);
        }
        List<Scenario> all = Scenarios.all();
        for (String name : names) {
            if (all.stream().noneMatch(scenario -> scenario.name().equals(name))) {
                throw CommandException.usage(
                        "There is no scenario " + name + ". 'evalfleet faults --list' says which there are.");
            }
        }
        return all.stream()
                .filter(scenario ->
                        names.isEmpty() ? nightly || list || !scenario.nightly() : names.contains(scenario.name()))
                .toList();
    }

    private Path place() {
        return folder == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "evalfleet-faults")
                : folder.toAbsolutePath();
    }

    private static void list(List<Scenario> chosen, PrintWriter out) {
        Table table = new Table("scenario", "what happens");
        chosen.forEach(
                scenario -> table.row(scenario.name(), scenario.summary() + (scenario.nightly() ? " (nightly)" : "")));
        table.print(out);
    }
}
