package dev.evalfleet.producer.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RequestJsonSchemaTest {
    private static final Path PUBLISHED = Path.of("..", "docs", "eval-request.schema.json");
    private static final boolean WRITES = Boolean.getBoolean("evalfleet.write-schema");

    @Test
    void thePublishedJsonSchemaIsThatOfTheRequest() throws IOException {
        if (WRITES) {
            Files.writeString(PUBLISHED, RequestJsonSchema.text());
        }
        assertThat(Files.readString(PUBLISHED))
                .as("write it anew: mvn -q -pl producer -am test -Dtest=RequestJsonSchemaTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -DargLine=-Devalfleet.write-schema=true")
                .isEqualTo(RequestJsonSchema.text());
    }
}
