package dev.evalfleet.producer.script.value;

/// A function that cannot be found, or needs Python that is not understood here. The message says what and where.
public final class ScriptException extends RuntimeException {
    public ScriptException(String message) {
        super(message);
    }
}
