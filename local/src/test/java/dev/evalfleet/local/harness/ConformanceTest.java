package dev.evalfleet.local.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tasks of lm-evaluation-harness, run unchanged: what is asked, what is logged and what is reported is what it asked,
/// logged and reported itself on the same documents and answers. `src/test/python/conformance.py` made the golden
// files.
class ConformanceTest {
    private static final double CLOSE = 1e-6;

    private static Conformance suite;

    @BeforeAll
    static void open() throws IOException {
        suite = Conformance.open();
    }

    @AfterAll
    static void close() {
        suite.close();
    }

    static Stream<JsonNode> cases() throws IOException {
        return Conformance.cases().stream();
    }

    @Test
    void theSuiteIsWide() throws IOException {
        List<JsonNode> cases = Conformance.cases();

        assertThat(cases).hasSizeGreaterThanOrEqualTo(60);
        assertThat(Conformance.families()).hasSizeGreaterThanOrEqualTo(25);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void promptsTargetsAndHashesAreThoseOfTheHarness(JsonNode one) throws Exception {
        JsonNode golden = Conformance.golden(one);
        for (Conformance.Rendered rendered : suite.rendered(one)) {
            JsonNode lines = golden.at("/samples").get(rendered.task().name());
            assertThat(rendered.lines()).isNotEmpty();
            for (int row = 0; row < rendered.lines().size(); row++) {
                assertSame(
                        rendered.lines().get(row),
                        lines.get(row),
                        List.of("doc_id", "doc", "target", "arguments", "doc_hash", "prompt_hash", "target_hash"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoresAndReportsAreThoseOfTheHarness(JsonNode one) throws Exception {
        JsonNode golden = Conformance.golden(one);
        Conformance.Report report = suite.scored(one, golden.at("/samples"));
        golden.at("/samples").properties().forEach(task -> {
            List<JsonNode> lines = report.lines().getOrDefault(task.getKey(), List.of());
            assertThat(lines).as(task.getKey()).hasSize(task.getValue().size());
            for (int line = 0; line < lines.size(); line++) {
                assertClose(lines.get(line), task.getValue().get(line), task.getKey() + " line " + line);
            }
        });
        if (one.has("limit")) { // how many there are beyond the limit is not counted
            golden.at("/results/n-samples").forEach(count -> ((ObjectNode) count).remove("original"));
        }
        golden.at("/results")
                .properties()
                .forEach(part -> assertClose(report.results().path(part.getKey()), part.getValue(), part.getKey()));
    }

    private static void assertSame(JsonNode ours, JsonNode theirs, List<String> keys) {
        for (String key : keys) {
            assertThat(ours.get(key))
                    .as("%s of document %s", key, theirs.get("doc_id"))
                    .isEqualTo(theirs.get(key));
        }
    }

    // Everything they have, we have; numbers to 1e-6, everything else exactly.
    private static void assertClose(JsonNode ours, JsonNode theirs, String where) {
        if (theirs.isNumber()) {
            double wanted = theirs.asDouble();
            assertThat(ours.isNumber())
                    .as("%s is %s, not %s", where, ours, theirs)
                    .isTrue();
            assertThat(Math.abs(ours.asDouble() - wanted))
                    .as("%s is %s, not %s", where, ours, theirs)
                    .isLessThanOrEqualTo(CLOSE * Math.max(1, Math.abs(wanted)));
        } else if (theirs.isObject()) {
            theirs.properties()
                    .forEach(entry ->
                            assertClose(ours.path(entry.getKey()), entry.getValue(), where + "/" + entry.getKey()));
        } else if (theirs.isArray()) {
            assertThat(ours.size()).as("%s is %s, not %s", where, ours, theirs).isEqualTo(theirs.size());
            for (int i = 0; i < theirs.size(); i++) {
                assertClose(ours.path(i), theirs.get(i), where + "/" + i);
            }
        } else {
            assertThat(ours).as(where).isEqualTo(theirs);
        }
    }
}
