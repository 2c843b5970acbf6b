package dev.evalfleet.local.command;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.Subcommand;
import dev.evalfleet.local.client.FleetClient;
import dev.evalfleet.local.client.FleetPicture;
import dev.evalfleet.local.harness.HarnessExport;
import dev.evalfleet.local.report.Output;
import dev.evalfleet.local.report.ResultsWriter;
import dev.evalfleet.schemas.avro.RunState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet results`: the answers of runs, sample by sample.
@Command(
        name = "results",
        description = "Print the results of a request or a run, sample by sample.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet results REQUEST --format jsonl --out results.jsonl",
            "  evalfleet results RUN --format table | less -S",
            "  evalfleet results RUN --format csv > results.csv",
            "  evalfleet results REQUEST --format lm-eval --output results/"
        })
public final class ResultsCommand implements Subcommand {

    @Parameters(arity = "0..1", paramLabel = "REQUEST|RUN", description = "Whose results. Default: the newest request.")
    private @Nullable String id;

    @Option(
            names = "--format",
            paramLabel = "jsonl|csv|table|lm-eval",
            description = "Default: jsonl. lm-eval: the files lm-evaluation-harness writes, for its tools.")
    private ResultsWriter.Format format = ResultsWriter.Format.JSONL;

    @Option(
            names = {"--out", "--output", "-o"},
            paramLabel = "FILE",
            description = "Write to this file instead of standard output; with --format lm-eval a folder.")
    private @Nullable Path out;

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, false);
        try (FleetClient client = fleet.connect();
                FleetClient.Following following = client.follow(_ -> false)) {
            FleetPicture picture = following.picture();
            List<RunState> runs = Identity.runs(picture, id);
            if (format == ResultsWriter.Format.LM_EVAL) {
                return export(client, picture, runs, output);
            }
            long count = out == null ? write(client, runs, output.out()) : writeTo(out, client, runs);
            boolean isOpen = runs.stream().anyMatch(run -> !FleetPicture.isOver(run.getStatus()));
            output.say(count + " results" + (out == null ? "" : " in " + out)
                    + (isOpen ? "; the runs are not over yet" : ""));
            picture.retriesOf(runs)
                    .forEach(retry -> output.say(retry.getRetried() + " samples of " + retry.getRetryOf()
                            + " were asked again: 'evalfleet results " + retry.getId()
                            + "' has the new outcomes and the others, with the run that scored each"));
        }
        return ExitCodes.OK;
    }

    private int export(FleetClient client, FleetPicture picture, List<RunState> runs, Output output) {
        if (out == null) {
            throw CommandException.usage("--format lm-eval writes several files: say into which folder with --output");
        }
        HarnessExport.Written written = HarnessExport.write(client, picture, runs, out);
        written.files().forEach(file -> output.out().println(file));
        output.out().flush();
        output.say(written.toString());
        return ExitCodes.OK;
    }

    private long writeTo(Path file, FleetClient client, List<RunState> runs) {
        try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
            long count = write(client, runs, writer);
            if (writer.checkError()) {
                throw CommandException.failed(file + ": could not be written to the end. Is the disk full?");
            }
            return count;
        } catch (IOException unwritable) {
            throw CommandException.usage(file + ": cannot be written (" + unwritable + "). Does the folder exist?");
        }
    }

    private long write(FleetClient client, List<RunState> runs, PrintWriter writer) {
        ResultsWriter results = ResultsWriter.of(format, writer);
        long count = client.results().read(runs, results::write);
        results.end();
        return count;
    }
}
