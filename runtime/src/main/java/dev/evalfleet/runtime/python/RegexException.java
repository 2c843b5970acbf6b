package dev.evalfleet.runtime.python;

/// A pattern that cannot be read, or takes too long on a text.
public final class RegexException extends RuntimeException {

    private final String code;

    RegexException(String code, String message) {
        super(message);
        this.code = code;
    }

    /// A short stable word for grouping.
    public String code() {
        return code;
    }
}
