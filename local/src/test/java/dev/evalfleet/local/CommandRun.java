package dev.evalfleet.local;

import java.io.PrintWriter;
import java.io.StringWriter;

/// One call of the command, in this JVM.
public record CommandRun(int exitCode, String out, String err) {

    public static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = EvalfleetCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
