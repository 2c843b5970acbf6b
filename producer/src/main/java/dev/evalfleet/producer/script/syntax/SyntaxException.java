package dev.evalfleet.producer.script.syntax;

/// Source that is no Python, or Python that is not understood here.
public final class SyntaxException extends RuntimeException {
    private final int line;

    public SyntaxException(int line, String message) {
        super(message);
        this.line = line;
    }

    public int line() {
        return line;
    }
}
