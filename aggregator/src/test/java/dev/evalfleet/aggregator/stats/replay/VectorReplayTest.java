package dev.evalfleet.aggregator.stats.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our statistics against vectors of an independent NumPy reference.
class VectorReplayTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "eproc_wr.json, 0, 0",
        "eproc_wor.json, 0, 0",
        "gate.json, 0, 0",
        "multiplicity.json, 0, 0",
        "edge.json, 0, 0",
        "mixeb_cs.json, 1e-9, 0",
        "report.json, 0, 1e-9",
    })
    void reproducesTheReference(String file, double absolute, double relative) throws IOException {
        JsonNode expected;
        try (var in = getClass().getResourceAsStream("/golden/stats/" + file)) {
            expected = JSON.readTree(in);
        }

        JsonNode replayed = JSON.readTree(VectorReplay.replay(JSON, expected.toString()));

        assertSame(file, expected, replayed, absolute, relative);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eproc_wr.json", "eproc_wor.json", "mixeb_cs.json", "gate.json"})
    void theExpectedFieldsNeedNotBeThere(String file) throws IOException {
        JsonNode expected;
        try (var in = getClass().getResourceAsStream("/golden/stats/" + file)) {
            expected = JSON.readTree(in);
        }
        JsonNode asked = expected.deepCopy();
        asked.get("cases").forEach(c -> ((ObjectNode) c)
                .remove(List.of("e", "reject_at", "final", "lower", "upper", "transitions", "final_verdict", "maxE")));

        assertSame(file, expected, JSON.readTree(VectorReplay.replay(JSON, asked.toString())), 1e-9, 0);
    }

    @Test
    void aCaseThatCannotBeIsNamed() {
        assertThatThrownBy(() -> VectorReplay.replay(JSON, "{\"cases\": [{\"name\": \"odd\", \"x\": [0.5, 2]}]}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("case 0 \"odd\": value must be in [0.0, 1.0], was 2.0");
    }

    @Test
    void aFileOfAnotherKindIsRefusedWithTheFieldsItHas() {
        assertThatThrownBy(() -> VectorReplay.replay(JSON, "{\"answers\": []}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("answers");
    }

    private static void assertSame(String at, JsonNode expected, JsonNode actual, double absolute, double relative) {
        if (expected.isNumber()) {
            double value = expected.doubleValue();
            double tolerance = absolute + relative * Math.abs(value);
            assertThat(actual.doubleValue()).as(at).isEqualTo(value, within(tolerance));
        } else if (expected.isContainerNode()) {
            assertThat(actual.size()).as("size of " + at).isEqualTo(expected.size());
            for (Iterator<String> names = expected.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                assertThat(actual.has(name)).as(at + "." + name).isTrue();
                assertSame(at + "." + name, expected.get(name), actual.get(name), absolute, relative);
            }
            for (int i = 0; expected.isArray() && i < expected.size(); i++) {
                assertSame(at + "[" + i + "]", expected.get(i), actual.get(i), absolute, relative);
            }
        } else {
            assertThat(actual).as(at).isEqualTo(expected);
        }
    }
}
