package dev.evalfleet.worker.inference;

/// A model that cannot be opened or does not answer a probe; the message is one sentence that says what to do.
public final class BackendException extends Exception {

    public BackendException(String message) {
        super(message);
    }

    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
