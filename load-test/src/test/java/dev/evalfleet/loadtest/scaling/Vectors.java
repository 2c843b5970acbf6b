package dev.evalfleet.loadtest.scaling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// What KEDA's and Kubernetes' own code said; made by `src/oracle/make-vectors.sh`.
final class Vectors {
    private Vectors() {}

    static JsonNode read(String name) throws IOException {
        try (InputStream file = Vectors.class.getResourceAsStream("/scaling/" + name)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(file, name + " is not there"));
        }
    }
}
