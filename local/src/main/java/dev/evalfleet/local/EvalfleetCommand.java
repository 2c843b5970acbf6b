package dev.evalfleet.local;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/// `evalfleet`: the root of the command. What it can do is in its subcommands.
@Command(
        name = "evalfleet",
        versionProvider = EvalfleetCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "",
            "Evaluates language models as a stream: requests in, samples, results, running metrics out.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  evalfleet demo          see everything work, in a minute",
            "  evalfleet up            a fleet on this machine, until Ctrl-C",
            "  evalfleet submit --tasks skills --models tinygpt-v1,tinygpt-v2 \\",
            "      --baseline tinygpt-v1 --watch",
            "  evalfleet submit --base-url http://127.0.0.1:8000/v1 --model my-model \\",
            "      --tasks gsm8k --limit 50",
            "  evalfleet runs          what was evaluated, and how it went",
            "",
            "Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration,",
            "            3 gate not passed.",
            "'evalfleet COMMAND --help' explains a command."
        })
public final class EvalfleetCommand implements Runnable {

    @Option(
            names = {"--help", "-h"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(
            names = {"--version", "-V"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean version;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show stack traces and more log lines.")
    private boolean verbose;

    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    public static void main(String[] args) {
        Logs.configure(args);
        // Avro makes no object of a class it was not told to trust
        System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "dev.evalfleet.schemas.avro");
        CommandLine command = commandLine(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, System.err.charset()));
        System.exit(command.execute(args));
    }

    /// The whole command, writing results to `out` and everything else to `err`.
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        EvalfleetCommand root = new EvalfleetCommand();
        CommandLine command = new CommandLine(root);
        ServiceLoader.load(Subcommand.class).forEach(command::addSubcommand);
        command.setOut(out);
        command.setErr(err);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(true);
        command.setParameterExceptionHandler(EvalfleetCommand::wronglyCalled);
        command.setExecutionExceptionHandler(
                (exception, failed, _) -> MistakeReport.tell(exception, failed.getErr(), root.verbose));
        return command;
    }

    private static int wronglyCalled(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("evalfleet: " + mistake.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(mistake, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(),
                "a command is missing, for example: evalfleet demo");
    }

    /// What `--version` prints.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = EvalfleetCommand.class.getPackage().getImplementationVersion();
            return new String[] {"evalfleet " + (version == null ? "(not packaged)" : version)};
        }
    }
}
