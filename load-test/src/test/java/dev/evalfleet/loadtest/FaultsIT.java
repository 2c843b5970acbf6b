package dev.evalfleet.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.EvalfleetCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/// The short form of `evalfleet faults`: one fault of each kind of process, and the one that only topics can tell.
class FaultsIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void nothingIsLostAndNothingCountedTwiceWhateverDies() {
        int exitCode = faults("--seed", "7", "--samples", "2000", "--scenario", "short");

        assertThat(exitCode).as(out + "\n" + err).isZero();
    }

    @Test
    void aScenarioThatDoesNotExistIsRefused() {
        assertThat(faults("--scenario", "asteroid")).isEqualTo(2);
        assertThat(err.toString()).contains("no scenario asteroid", "--list");
    }

    @Test
    void theListNamesEveryScenario() {
        assertThat(faults("--list")).isZero();
        assertThat(out.toString()).contains("worker-kill", "aggregator-wipe", "model-gone-and-back", "mixed");
    }

    private int faults(String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "faults";
        command[1] = "--dir";
        command[2] = System.getProperty("evalfleet.faults");
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        return EvalfleetCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(command);
    }
}
