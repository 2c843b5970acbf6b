package dev.evalfleet.runtime;

import org.jspecify.annotations.Nullable;

/// Something the person who started the process can put right. The message says what and how; a stack trace would
/// add nothing.
public class OperatorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public OperatorException(String message) {
        super(message);
    }

    public OperatorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
