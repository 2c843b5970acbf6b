package dev.evalfleet.schemas.wire;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// These bytes are not a record of the topic and never will be: dead-letter them and go on.
public final class UndecodableException extends SerializationException {
    private static final long serialVersionUID = 1;

    public UndecodableException(String message) {
        super(message);
    }

    public UndecodableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
