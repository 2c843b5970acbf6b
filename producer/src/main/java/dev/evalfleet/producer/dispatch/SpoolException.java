package dev.evalfleet.producer.dispatch;

import org.jspecify.annotations.Nullable;

/// The samples of a run cannot be had.
public final class SpoolException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean temporary;

    private SpoolException(String message, @Nullable Throwable cause, boolean temporary) {
        super(message, cause);
        this.temporary = temporary;
    }

    /// They will never be what was planned, for example because the dataset has changed: the run fails.
    public static SpoolException lasting(String message, @Nullable Throwable cause) {
        return new SpoolException(message, cause, false);
    }

    /// They may be had later, for example when the server of the dataset answers again: tried again for a while.
    public static SpoolException temporary(String message, @Nullable Throwable cause) {
        return new SpoolException(message, cause, true);
    }

    public boolean isTemporary() {
        return temporary;
    }
}
