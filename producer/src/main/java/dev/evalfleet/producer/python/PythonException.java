package dev.evalfleet.producer.python;

/// What Python would have raised, as `TypeError: ...`.
public final class PythonException extends RuntimeException {
    public PythonException(String type, String message) {
        super(type + ": " + message);
    }

    public static PythonException type(String message) {
        return new PythonException("TypeError", message);
    }

    public static PythonException value(String message) {
        return new PythonException("ValueError", message);
    }
}
