package dev.evalfleet.local.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/// A script under `interop/`, run as a user runs it, with what `interop/prepare.sh` installed. Where that is not there,
/// the test is skipped and says so.
record ClientScript(List<String> command) {
    private static final Path HOME = Path.of("..", "interop").toAbsolutePath().normalize();

    static ClientScript python(String script) {
        Path python = HOME.resolve("python/.venv/bin/python");
        return of(python.resolveSibling("../installed.txt"), python.toString(), "python", script);
    }

    static ClientScript node(String script) {
        return of(HOME.resolve("node/node_modules/.installed.json"), "node", "node", script);
    }

    private static ClientScript of(Path installed, String interpreter, String folder, String script) {
        if (!Files.exists(installed)) {
            String reason = "interop/%s/%s: its clients are not installed, interop/prepare.sh does it"
                    .formatted(folder, script);
            System.out.println("Skipped, " + reason);
            throw new TestAbortedException(reason);
        }
        return new ClientScript(
                List.of(interpreter, HOME.resolve(folder).resolve(script).toString()));
    }

    /// Runs it to its end, which must be a good one.
    ///
    /// @return what it printed on standard output
    String run(Map<String, String> environment, Path folder, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(arguments));
        File out = folder.resolve("script.out").toFile();
        File err = folder.resolve("script.err").toFile();
        ProcessBuilder process = new ProcessBuilder(line).redirectOutput(out).redirectError(err);
        process.environment().putAll(environment);
        Process running = process.start();
        boolean ended = running.waitFor(3, TimeUnit.MINUTES);
        running.destroyForcibly();
        assertThat(ended).as("%s ends: %s%s", line, text(out), text(err)).isTrue();
        assertThat(running.exitValue())
                .as("%s: %s%s", line, text(out), text(err))
                .isZero();
        return text(out);
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath());
    }
}
