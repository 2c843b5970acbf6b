package dev.evalfleet.worker.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.runtime.python.PythonRegex;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.worker.Samples;
import dev.evalfleet.worker.scoring.filter.AnswerFilters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Compares with what Python's `re` and lm-evaluation-harness itself answered (src/test/golden/scoring.py).
class ScoringGoldenTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void patternsFindWhatPythonFinds() {
        check("findall", 1000, example -> {
            List<List<String>> expected = new ArrayList<>();
            example.path("found").forEach(groups -> expected.add(Arguments.texts(groups)));
            PythonRegex regex = PythonRegex.compile(example.path("pattern").asText());
            return difference(expected, regex.findAll(example.path("text").asText()));
        });
    }

    @Test
    void patternsRemoveWhatPythonRemoves() {
        check("remove", 1000, example -> {
            PythonRegex regex = PythonRegex.compile(example.path("pattern").asText());
            return difference(
                    example.path("left").asText(),
                    regex.removeAll(example.path("text").asText()));
        });
    }

    @Test
    void filtersGiveWhatTheHarnessGives() {
        check("filter", 200, example -> {
            List<FilterStep> steps = new ArrayList<>();
            example.path("chain")
                    .forEach(step -> steps.add(
                            new FilterStep(step.get(0).asText(), step.get(1).toString())));
            Sample sample = Samples.generation("d", "x")
                    .setDocument("{\"choices\":" + example.path("choices") + "}")
                    .build();
            List<String> texts = Arguments.texts(example.path("texts"));
            return difference(
                    Arguments.texts(example.path("values")),
                    AnswerFilters.apply(new FilterPipeline("golden", steps), texts, sample));
        });
    }

    @Test
    void exactMatchScoresAsTheHarnessDoes() {
        check("exact_match", 80, example -> {
            Sample sample = Samples.generation("d", "")
                    .setTargets(Arguments.texts(example.path("targets")))
                    .setMetrics(List.of(new SampleMetric(
                            "exact_match", example.path("options").toString())))
                    .build();
            Output output =
                    Output.newBuilder().setText(example.path("answer").asText()).build();
            return difference(
                    example.path("score").asDouble(),
                    SampleScorer.score(sample, List.of(output))
                            .scores()
                            .getFirst()
                            .getValue());
        });
    }

    private static void check(String kind, int atLeast, Function<JsonNode, String> difference) {
        List<JsonNode> cases = cases(kind);
        assertThat(cases).hasSizeGreaterThan(atLeast);
        assertThat(cases.stream()
                        .map(example -> {
                            String differs = difference.apply(example);
                            return differs.isEmpty() ? "" : example + " " + differs;
                        })
                        .filter(line -> !line.isEmpty()))
                .isEmpty();
    }

    private static String difference(Object expected, Object actual) {
        return expected.equals(actual) ? "" : "but we: " + actual;
    }

    private static List<JsonNode> cases(String kind) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        Objects.requireNonNull(ScoringGoldenTest.class.getResourceAsStream("/golden/scoring.jsonl")),
                        StandardCharsets.UTF_8));
                Stream<String> each = lines.lines()) {
            return each.map(ScoringGoldenTest::read)
                    .filter(example -> example.path("kind").asText().equals(kind))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalStateException(line, e);
        }
    }
}
