package dev.evalfleet.worker.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.schemas.ScriptedMetrics;
import dev.evalfleet.schemas.avro.Output;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.SampleMetric;
import dev.evalfleet.schemas.avro.Score;
import dev.evalfleet.worker.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Scores answers as the process_results of lm-eval's tasks scored them (src/test/golden/make_answers.py).
class AnswerGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void answersAreWorthWhatTheTasksOwnFunctionsSay() throws IOException {
        int compared = 0;
        for (JsonNode example : examples()) {
            for (Score score : scored(example)) {
                assertThat(score.getValue())
                        .as("%s of %s", score.getMetric(), example)
                        .isCloseTo(
                                example.path("scores").path(score.getMetric()).asDouble(), within(1e-11));
                compared++;
            }
        }
        assertThat(compared).isEqualTo(4440);
    }

    private static List<Score> scored(JsonNode example) {
        List<SampleMetric> metrics = new ArrayList<>();
        example.path("scores").fieldNames().forEachRemaining(metric -> {
            Map<String, Object> options =
                    ScriptedMetrics.options(example.path("known").asText(), metric);
            metrics.add(new SampleMetric(metric, JSON.valueToTree(options).toString()));
        });
        Sample sample = Samples.generation("d", "")
                .setDocument(example.path("doc").toString())
                .setTargets(Arguments.texts(example.path("targets")))
                .setMetrics(metrics)
                .build();
        Output output =
                Output.newBuilder().setText(example.path("answer").asText()).build();
        return SampleScorer.score(sample, List.of(output)).scores();
    }

    private static List<JsonNode> examples() throws IOException {
        List<JsonNode> examples = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(
                        Objects.requireNonNull(AnswerGoldenTest.class.getResourceAsStream("/golden/answers.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                examples.add(JSON.readTree(line));
            }
        }
        return examples;
    }
}
