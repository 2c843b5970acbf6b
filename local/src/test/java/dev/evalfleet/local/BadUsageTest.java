package dev.evalfleet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What is refused before anything is started or connected.
class BadUsageTest {

    @TempDir
    private Path folder;

    @Test
    void anUnknownFlagSuggestsTheRightOne() {
        refused(ExitCodes.USAGE, "runs", "--jsn").contains("--jsn", "--json");
    }

    @Test
    void anUnknownCommandSuggestsTheRightOne() {
        refused(ExitCodes.USAGE, "wtch").contains("wtch", "evalfleet watch");
    }

    @Test
    void withoutACommandThereIsAHint() {
        refused(ExitCodes.USAGE).contains("evalfleet demo");
    }

    @Test
    void aConfigurationFileThatIsNotThereIsNamed() {
        refused(ExitCodes.USAGE, "runs", "--config", folder.resolve("none.yaml").toString())
                .contains("none.yaml", "no such file");
    }

    @Test
    void brokenYamlIsToldWithItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), "kafka:\n  bootstrap-servers: [a\nregistry: {}\n");

        refused(ExitCodes.USAGE, "runs", "--config", file.toString()).contains("fleet.yaml:3", "not valid YAML");
    }

    @Test
    void anUnreachableBrokerIsToldByItsAddress() {
        refused(ExitCodes.FAILED, "runs", "--bootstrap", "127.0.0.1:1").contains("127.0.0.1:1", "does not answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "up", "submit", "watch", "runs", "results", "cancel", "tasks", "models"})
    void everyCommandTeachesByExample(String name) {
        CommandRun help = CommandRun.of(name, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("evalfleet " + name, "Example");
    }

    @Test
    void everyCommandIsListedWithASentence() {
        CommandLine root = EvalfleetCommand.commandLine(
                new java.io.PrintWriter(new java.io.StringWriter()),
                new java.io.PrintWriter(new java.io.StringWriter()));

        assertThat(root.getSubcommands()).isNotEmpty().allSatisfy((name, command) -> assertThat(
                        command.getCommandSpec().usageMessage().description())
                .as(name)
                .isNotEmpty());
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(int exitCode, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        return assertThat(run.err()).startsWith("evalfleet: ").doesNotContain("\tat ", "Exception");
    }
}
