package dev.evalfleet.loadtest.command;

import dev.evalfleet.loadtest.chart.FleetChart;
import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.loadtest.simulate.FleetModel;
import dev.evalfleet.loadtest.simulate.FleetSimulation;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `evalfleet autoscale simulate`: what a large fleet would cost and how long it would take.
@Command(
        name = "simulate",
        description = {
            "Simulate a scaled pool of any size, evictions and cold starts included,",
            "with the formulas of KEDA and the HPA. The same seed gives the same figures."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet autoscale simulate",
            "  evalfleet autoscale simulate --vary lag-threshold=16,32,64 \\",
            "      --vary routing=least-outstanding,round-robin --repeat 3"
        })
public final class SimulateCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions options = new ModelOptions();

    @Option(
            names = "--vary",
            paramLabel = "OPTION=A,B",
            description = "One more row for each value of this option, all else unchanged; may be repeated.")
    private List<String> variations = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Rows are means over that many seeds (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw the first row's replicas and lag over time.")
    private @Nullable Path svg;

    @Option(names = "--json", description = "Print the figures as JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CommandLine command = Objects.requireNonNull(spec, "set by picocli").commandLine();
        if (repeat < 1) {
            throw CommandException.usage("--repeat must be at least 1, was " + repeat);
        }
        List<Row> rows = new ArrayList<>();
        rows.add(row("as given", options));
        for (String variation : variations) {
            for (String value : values(variation)) {
                String option = variation.substring(0, variation.indexOf('='));
                rows.add(row(option + " " + value, changed(command, option, value)));
            }
        }
        if (svg != null) {
            FleetReport first = rows.getFirst().reports().getFirst();
            Files.writeString(svg, FleetChart.of("Simulated: " + rows.getFirst().name(), first));
        }
        SimulationTable.print(rows, json, command.getOut());
        return ExitCodes.OK;
    }

    /// @param reports one for each seed
    record Row(String name, FleetModel model, List<FleetReport> reports) {}

    private Row row(String name, ModelOptions chosen) {
        try {
            List<FleetReport> reports = LongStream.range(seed, seed + repeat)
                    .mapToObj(each -> FleetSimulation.play(chosen.model(each)))
                    .toList();
            return new Row(name, chosen.model(seed), reports);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(name + ": " + e.getMessage());
        } catch (IllegalStateException e) {
            throw CommandException.failed(name + ": " + e.getMessage());
        }
    }

    private static List<String> values(String variation) {
        int equals = variation.indexOf('=');
        if (equals < 1 || equals == variation.length() - 1) {
            throw CommandException.usage("--vary takes OPTION=A,B, for example lag-threshold=16,32; was " + variation);
        }
        return List.of(variation.substring(equals + 1).split(";|,(?!\\d+pods|\\d+%)"));
    }

    // The same command line with one option said again.
    private static ModelOptions changed(CommandLine command, String option, String value) {
        ModelOptions changed = new ModelOptions();
        CommandSpec alone = CommandSpec.create().addMixin("model", CommandSpec.forAnnotatedObject(changed));
        CommandLine parser =
                new CommandLine(alone).setUnmatchedArgumentsAllowed(true).setOverwrittenOptionsAllowed(true);
        if (parser.getCommandSpec().findOption("--" + option) == null) {
            throw CommandException.usage("--vary: there is no option --" + option);
        }
        List<String> given = command.getParseResult().originalArgs();
        parser.parseArgs(Stream.concat(given.stream(), Stream.of("--" + option + "=" + value))
                .toArray(String[]::new));
        return changed;
    }
}
