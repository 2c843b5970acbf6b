package dev.evalfleet.producer.yaml;

import dev.evalfleet.schemas.avro.Problem;

/// YAML that cannot be read.
public final class YamlException extends RuntimeException {
    private final transient Problem problem;

    public YamlException(Place place, String key, String message) {
        super(where(place, key) + ": " + message);
        this.problem = Problems.of(where(place, key), message);
    }

    private static String where(Place place, String key) {
        return key.isEmpty() ? place.toString() : place + " " + key;
    }

    public Problem problem() {
        return problem;
    }
}
