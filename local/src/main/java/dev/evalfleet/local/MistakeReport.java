package dev.evalfleet.local;

import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.OperatorException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// Tells what went wrong: one message, and a stack trace only with `--verbose`.
final class MistakeReport {

    private MistakeReport() {}

    /// @return the exit code
    static int tell(Exception thrown, PrintWriter err, boolean verbose) {
        Throwable mistake = unwrapped(thrown);
        if (!Interruption.begun()) { // what breaks while Ctrl-C takes everything down is no news
            err.println("evalfleet: " + sentence(mistake, verbose));
            if (verbose) {
                mistake.printStackTrace(err);
            }
            err.flush();
        }
        return switch (mistake) {
            case CommandException told -> told.exitCode();
            case InvalidConfigException _ -> ExitCodes.USAGE;
            default -> ExitCodes.FAILED;
        };
    }

    private static String sentence(Throwable mistake, boolean verbose) {
        if (mistake instanceof CommandException || mistake instanceof OperatorException) {
            return String.valueOf(mistake.getMessage());
        }
        String what = mistake.getMessage() == null ? "" : ": " + mistake.getMessage();
        String hint = verbose ? "" : " (unexpected; --verbose shows where)";
        return mistake.getClass().getSimpleName() + what + hint;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean isWrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        return isWrapper && cause != null ? unwrapped(cause) : thrown;
    }
}
