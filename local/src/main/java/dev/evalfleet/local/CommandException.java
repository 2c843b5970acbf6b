package dev.evalfleet.local;

/// Ends a command with one message and an exit code. The message says what is wrong, where, and what to do.
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /// What the user asked for could not be done.
    public static CommandException failed(String message) {
        return new CommandException(ExitCodes.FAILED, message);
    }

    /// What the user asked for makes no sense.
    public static CommandException usage(String message) {
        return new CommandException(ExitCodes.USAGE, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
