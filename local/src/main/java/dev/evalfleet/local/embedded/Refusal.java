package dev.evalfleet.local.embedded;

/// An answer of the registry that is an error, with Confluent's error code.
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final int code;

    Refusal(int status, int code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static Refusal noSuchPage() {
        return new Refusal(404, 404, "HTTP 404 Not Found");
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }
}
