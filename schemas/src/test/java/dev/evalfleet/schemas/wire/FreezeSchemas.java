package dev.evalfleet.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/// Writes the frozen copies anew. Not a test, and not run as one; only for as long as nobody runs a release:
///
/// ```
/// mvn -q test -pl schemas -Dtest=FreezeSchemas
/// ```
class FreezeSchemas {
    static final String COMMAND = "mvn -q test -pl schemas -Dtest=FreezeSchemas";

    @Test
    void freeze() throws IOException {
        ObjectMapper json = new ObjectMapper();
        Files.createDirectories(Contract.FROZEN);
        for (Class<? extends SpecificRecord> type : Contract.records()) {
            String text = json.readTree(Contract.schema(type).toString()).toPrettyString();
            Files.writeString(Contract.frozen(type), text + "\n");
        }
        assertThat(Contract.FROZEN).isDirectory();
    }
}
