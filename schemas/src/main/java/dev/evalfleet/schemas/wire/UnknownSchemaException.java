package dev.evalfleet.schemas.wire;

/// The registry answered, and does not have the schema or subject asked for.
public final class UnknownSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnknownSchemaException(String message) {
        super(message);
    }
}
