package dev.evalfleet.runtime;

/// A value that is never printed.
public record Secret(String value) {
    /// The text without the secret, for what others say: servers sometimes repeat the key they refuse.
    public String hiddenIn(String text) {
        return value.isEmpty() ? text : text.replace(value, "***");
    }

    @Override
    public String toString() {
        return "***";
    }
}
