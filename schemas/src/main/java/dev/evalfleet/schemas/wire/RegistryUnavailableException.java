package dev.evalfleet.schemas.wire;

import org.jspecify.annotations.Nullable;

/// The schema registry could not be asked. Says nothing about the record at hand: try again, never dead-letter.
public final class RegistryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
