package dev.evalfleet.schemas.wire;

/// The registry refused a schema: records written with it could not be read by those who use the schemas before it.
public final class IncompatibleSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public IncompatibleSchemaException(String message) {
        super(message);
    }
}
