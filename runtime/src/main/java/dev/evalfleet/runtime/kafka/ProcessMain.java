package dev.evalfleet.runtime.kafka;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.OperatorException;
import dev.evalfleet.runtime.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The command line of a process that has an image of its own: `--config FILE`, `--version`, or nothing where variables
/// say it all. Its exit codes are those of the `evalfleet` command.
public final class ProcessMain {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private ProcessMain() {}

    /// Runs the process until it is told to stop, and leaves with its exit code.
    ///
    /// @param main whose jar knows the version
    public static <S> void run(Class<?> main, String role, String[] arguments, FleetProcess.Kind<S> kind) {
        // Avro makes no object of a class it was not told to trust
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "dev.evalfleet.schemas.avro");
        String version = main.getPackage().getImplementationVersion();
        String name = "evalfleet-" + role + " " + (version == null ? "(not packaged)" : version);
        System.exit(run(name, List.of(arguments), kind, System.getenv()));
    }

    /// @param name of the process with its version, as `--version` prints it
    /// @return the exit code
    static <S> int run(
            String name, List<String> arguments, FleetProcess.Kind<S> kind, Map<String, String> environment) {
        if (arguments.equals(List.of("--version"))) {
            return said(System.out, name, OK);
        }
        boolean hasFile = arguments.size() == 2 && arguments.getFirst().equals("--config");
        if (!arguments.isEmpty() && !hasFile) {
            return said(System.err, name + ": takes --config FILE or --version, but got " + arguments, WRONG);
        }
        try {
            Path file = hasFile ? Path.of(arguments.get(1)) : null;
            return FleetProcess.run(Settings.load(file, environment), kind) == 0 ? OK : FAILED;
        } catch (InvalidConfigException e) {
            return said(System.err, name + ": " + e.getMessage(), WRONG);
        } catch (OperatorException e) {
            return said(System.err, name + ": " + e.getMessage(), FAILED);
        }
    }

    private static int said(PrintStream stream, String sentence, int exitCode) {
        stream.println(sentence);
        return exitCode;
    }
}
