package dev.evalfleet.producer.yaml;

/// Where a value stands; line 0 where no line is known.
public record Place(String file, int line) {
    @Override
    public String toString() {
        return line > 0 ? file + ":" + line : file;
    }
}
