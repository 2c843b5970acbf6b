package dev.evalfleet.loadtest.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.EvalfleetCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The short form of `evalfleet autoscale run`: real processes, from zero to two and back to zero.
class AutoscaleIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aPoolScalesFromZeroAndBackAndLosesNothing(@TempDir Path folder) throws IOException {
        int exitCode = autoscale(
                "run",
                "--samples=60",
                "--max-replicas=2",
                "--partitions=6",
                "--latency=300ms",
                "--time-scale=60",
                "--lag-threshold=4",
                "--drain=3s",
                "--seed=3",
                "--json",
                "--dir=" + folder.resolve("fleet"));

        assertThat(exitCode).as(out + "\n" + err).isZero();
        JsonNode outcome = new ObjectMapper().readTree(out.toString());
        assertThat(outcome.get("answered").asInt()).isEqualTo(60);
        assertThat(outcome.get("lost").asInt()).isZero();
        JsonNode measured = outcome.get("measured");
        assertThat(measured.get("peak").asInt()).isEqualTo(2);
        assertThat(measured.get("timeline").get(0).get("wanted").asInt()).isZero();
        assertThat(measured.get("zero").asDouble())
                .isGreaterThan(measured.get("makespan").asDouble());
    }

    @Test
    void moreWorkersThanPartitionsAreRefused() {
        assertThat(autoscale("run", "--max-replicas=30", "--partitions=24")).isEqualTo(2);
        assertThat(err.toString()).contains("every worker needs a partition");
    }

    private int autoscale(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "autoscale";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return EvalfleetCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(command);
    }
}
