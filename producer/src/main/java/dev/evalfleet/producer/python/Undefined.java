package dev.evalfleet.producer.python;

/// A name or field that does not exist; every use but `is defined` and `default` is an error that names it.
public record Undefined(String message) {
    public PythonException raised() {
        return new PythonException("UndefinedError", message);
    }
}
