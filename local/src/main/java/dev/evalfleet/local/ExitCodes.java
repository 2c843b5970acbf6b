package dev.evalfleet.local;

/// What the exit code of the command means.
public final class ExitCodes {

    public static final int OK = 0;
    /// The work failed: a run did not complete, a service stopped, something could not be reached.
    public static final int FAILED = 1;
    /// The command was called in a wrong way, or is configured in one.
    public static final int USAGE = 2;
    /// A gate did not pass.
    public static final int GATE = 3;

    private ExitCodes() {}
}
