package dev.evalfleet.local.stats;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.aggregator.stats.replay.VectorReplay;
import dev.evalfleet.local.CommandException;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.report.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `evalfleet stats replay`: the same vectors, with our numbers.
@Command(
        name = "replay",
        description = {
            "Read a vector file and print the same JSON with every expected field replaced by what this code computes.",
            "Kinds: e-processes (x), confidence sequences (x, lower), gates (dR, dP), multiplicity (E), the completion"
                    + " report (mean_se, clustered, wilson, mcnemar, pass_at_k) and edge cases (must_throw)."
        })
final class ReplayCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "A JSON file of vectors.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Output.of(spec, true);
        output.out().println(replay(java.util.Objects.requireNonNull(file)));
        output.out().flush();
        return ExitCodes.OK;
    }

    private static String replay(Path file) {
        try {
            return VectorReplay.replay(new ObjectMapper(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw CommandException.usage(file + ": there is no such file");
        } catch (JsonProcessingException e) {
            throw CommandException.failed(
                    "%s:%d: not valid JSON: %s".formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()));
        } catch (IOException e) {
            throw CommandException.failed(file + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException | NullPointerException | ClassCastException e) {
            throw CommandException.failed(file + ": " + e.getMessage());
        }
    }
}
