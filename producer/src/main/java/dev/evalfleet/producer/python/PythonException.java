package dev.evalfleet.producer.python;

/// What Python would have raised, as `TypeError: ...`.
public final class PythonException extends RuntimeException {
    private final String type;
    private final String text;

    public PythonException(String type, String message) {
        super(type + ": " + message);
        this.type = type;
        this.text = message;
    }

    /// The name of its class in Python.
    public String type() {
        return type;
    }

    public String text() {
        return text;
    }

    public static PythonException type(String message) {
        return new PythonException("TypeError", message);
    }

    public static PythonException value(String message) {
        return new PythonException("ValueError", message);
    }
}
