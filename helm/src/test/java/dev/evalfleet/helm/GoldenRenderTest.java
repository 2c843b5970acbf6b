package dev.evalfleet.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a change of the chart changes in a cluster is seen in the diff of these files. They are written anew with
/// `mvn -pl helm -am test -Dtest=GoldenRenderTest -Dgolden.write -Dsurefire.failIfNoSpecifiedTests=false`.
class GoldenRenderTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"vllm-sidecar.yaml", "strimzi-scram.yaml", "djl-cuda-spot.yaml"})
    void theRenderIsTheReviewedOne(String values) throws IOException {
        String rendered = Chart.text(Chart.VALUES.resolve(values));
        Path golden = GOLDEN.resolve(values);
        if (System.getProperty("golden.write") != null) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(golden));
    }
}
