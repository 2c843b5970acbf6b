package dev.evalfleet.loadtest.stage;

/// A scenario cannot be played on this machine; the message says why.
public final class SkippedException extends Exception {
    private static final long serialVersionUID = 1;

    public SkippedException(String reason) {
        super(reason);
    }
}
