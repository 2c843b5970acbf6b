package dev.evalfleet.runtime;

import org.jspecify.annotations.Nullable;

/// A server this process cannot work without does not answer.
public final class UnreachableException extends OperatorException {
    private static final long serialVersionUID = 1;

    public UnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
