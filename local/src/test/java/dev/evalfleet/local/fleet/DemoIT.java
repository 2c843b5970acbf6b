package dev.evalfleet.local.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.schemas.avro.SampleResult;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo with its real models.
class DemoIT {

    private static final int LIMIT = 40;

    @Test
    void aRegressionIsSeenWhileItRunsAndEveryDecidedRunIsStopped() throws Exception {
        CommandRun demo = CommandRun.of("demo", "--json");

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        String console = demo.err();
        assertThat(console.indexOf("ALERT regression: skills_subtract on tinygpt-v2: exact_match is worse"))
                .as("told before the runs are done")
                .isPositive()
                .isLessThan(console.indexOf("18 of 18 runs done"));
        JsonNode report = new ObjectMapper().readTree(demo.out());
        long saved = 0;
        for (JsonNode run : report.get("runs")) {
            assertThat(run.get("scored").asLong() + run.get("cancelled").asLong())
                    .as("every sample of %s has an end, and none failed", run.get("runId"))
                    .isEqualTo(run.get("expected").asLong());
            assertThat(run.get("saved").asLong())
                    .isLessThanOrEqualTo(run.get("cancelled").asLong());
            saved += run.get("saved").asLong();
        }
        assertThat(report.get("saved").asLong()).isEqualTo(saved);
        assertThat(saved).as("of 5,400").isPositive();
        assertDecided(run(report, "skills_subtract", "tinygpt-v2"), "fail");
        assertDecided(run(report, "skills_subtract", "tinygpt-v3"), "pass");
        assertThat(report.at("/verdict/outcome").asText()).isEqualTo("fail");
        assertThat(report.get("alerts")).hasSize(2).allSatisfy(alert -> assertThat(
                        alert.get("task").asText() + " " + alert.get("model").asText())
                .isEqualTo("skills_subtract tinygpt-v2"));
        assertThat(report.get("alerts").findValuesAsText("kind"))
                .containsExactlyInAnyOrder("regression", "gate_failed");
    }

    @Test
    void theTableSaysWhatWasDecidedOnHowMuchAndWhatThatSaved() {
        CommandRun demo = CommandRun.of("demo", "--limit", "150");

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        String figures = " +-0\\.\\d{4} +\\[-\\d\\.\\d{4}, -0\\.0500] +FAIL +\\d+ of 150 +[\\d,.]+ +\\d+\\R";
        assertThat(demo.out()).containsPattern("skills_subtract +tinygpt-v2 +exact_match +0\\.\\d{4}\\*" + figures);
        assertThat(demo.out())
                .containsPattern("skills_subtract +tinygpt-v3 +exact_match .* PASS +\\d+ of 150")
                .containsPattern("Stopping early saved [\\d,]+ of 2,700 samples")
                .contains("Verdict of the request: FAIL (1 of 12 gated runs FAIL");
    }

    private static JsonNode run(JsonNode report, String task, String model) {
        for (JsonNode run : report.get("runs")) {
            if (run.get("task").asText().equals(task)
                    && run.get("model").asText().equals(model)) {
                return run;
            }
        }
        throw new AssertionError("no run of " + task + " on " + model);
    }

    private static void assertDecided(JsonNode run, String outcome) {
        assertThat(run.get("status").asText()).isEqualTo("stopped_early");
        JsonNode verdict = run.get("verdict");
        assertThat(verdict.get("outcome").asText()).isEqualTo(outcome);
        assertThat(verdict.get("n").asLong())
                .isBetween(1L, verdict.get("expected").asLong() - 1);
        assertThat(verdict.get("eValue").asDouble()).isGreaterThanOrEqualTo(20);
        assertThat(verdict.get("lower").asDouble())
                .isLessThan(verdict.get("upper").asDouble());
        assertThat(run.at("/metrics/0/standardError").isNull())
                .as("an ordinary error does not hold after a stop")
                .isTrue();
    }

    @Test
    void theFullDemosNumbersEqualARecomputationFromTheResultsTopic(@TempDir Path dataDir) throws Exception {
        CommandRun demo =
                CommandRun.of("demo", "--full", "--json", "--limit", "" + LIMIT, "--data-dir", dataDir.toString());

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.err()).contains("Dashboard: http://127.0.0.1:");
        JsonNode report = new ObjectMapper().readTree(demo.out()); // nothing else is on standard output
        assertThat(report.get("runs")).hasSize(18);

        Map<String, List<SampleResult>> results =
                results(dataDir, report.get("requestId").asText());
        for (JsonNode run : report.get("runs")) {
            List<SampleResult> ofRun = results.getOrDefault(run.get("runId").asText(), List.of());
            assertThat(ofRun).hasSize(LIMIT);
            assertThat(run.get("scored").asLong()).isEqualTo(LIMIT);
            assertThat(run.at("/usage/promptTokens").asLong())
                    .isEqualTo(ofRun.stream()
                            .mapToLong(SampleResult::getPromptTokens)
                            .sum());
            for (JsonNode metric : run.get("metrics")) {
                assertMetric(metric, ofRun);
                if (metric.has("paired")) {
                    assertPaired(
                            metric,
                            ofRun,
                            results.getOrDefault(
                                    metric.at("/paired/baselineRunId").asText(), List.of()));
                }
            }
        }
        assertThat(worse(report))
                .as("v2 has forgotten how to subtract, and nothing else")
                .containsExactly("skills_subtract tinygpt-v2");
    }

    private static List<String> worse(JsonNode report) {
        List<String> worse = new java.util.ArrayList<>();
        for (JsonNode run : report.get("runs")) {
            for (JsonNode metric : run.get("metrics")) {
                if (metric.at("/paired/mark").asText().equals("worse")) {
                    worse.add(run.get("task").asText() + " " + run.get("model").asText());
                }
            }
        }
        return worse;
    }

    private static void assertMetric(JsonNode metric, List<SampleResult> results) {
        double[] scores =
                results.stream().mapToDouble(result -> score(result, metric)).toArray();
        double mean = java.util.Arrays.stream(scores).average().orElseThrow();
        double squares = java.util.Arrays.stream(scores)
                .map(score -> (score - mean) * (score - mean))
                .sum();
        double standardError = Math.sqrt(squares / (scores.length - 1) / scores.length);

        assertThat(metric.get("n").asInt()).isEqualTo(scores.length);
        assertThat(metric.get("value").asDouble()).isCloseTo(mean, within(1e-12));
        assertThat(metric.get("standardError").asDouble()).isCloseTo(standardError, within(1e-12));
    }

    private static void assertPaired(JsonNode metric, List<SampleResult> candidate, List<SampleResult> baseline) {
        Map<String, Double> byDocument = new HashMap<>();
        baseline.forEach(result -> byDocument.put(result.getDocumentId(), score(result, metric)));
        double difference = 0;
        int gains = 0;
        int losses = 0;
        for (SampleResult result : candidate) {
            double step = score(result, metric) - byDocument.getOrDefault(result.getDocumentId(), Double.NaN);
            difference += step / candidate.size();
            gains += step > 0 ? 1 : 0;
            losses += step < 0 ? 1 : 0;
        }
        JsonNode paired = metric.get("paired");
        assertThat(paired.get("pairs").asInt()).isEqualTo(candidate.size());
        assertThat(paired.get("difference").asDouble()).isCloseTo(difference, within(1e-12));
        assertThat(paired.get("gains").asInt()).isEqualTo(gains);
        assertThat(paired.get("losses").asInt()).isEqualTo(losses);
        assertThat(paired.get("mcnemarP").asDouble()).isCloseTo(mcnemar(gains, losses), within(1e-9));
    }

    /// Two-sided exact: twice the smaller tail of a fair coin, at most 1.
    private static double mcnemar(int gains, int losses) {
        int n = gains + losses;
        double term = Math.pow(0.5, n);
        double tail = 0;
        for (int k = 0; k <= Math.min(gains, losses); k++) {
            tail += term;
            term = term * (n - k) / (k + 1);
        }
        return Math.min(1, 2 * tail);
    }

    private static double score(SampleResult result, JsonNode metric) {
        return result.getScores().stream()
                .filter(score -> score.getMetric().equals(metric.get("metric").asText())
                        && score.getFilter().equals(metric.get("filter").asText()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    /// From the topic itself, after the demo has ended: its data folder is started again.
    private static Map<String, List<SampleResult>> results(Path dataDir, String requestId) throws Exception {
        Place place = new Place(dataDir, List.of(), new Ports(0, 0, 0));
        ModelSpec nobody = ModelSpec.parse("nobody=scripted");
        try (LocalFleet fleet = LocalFleet.start(LocalFleetSettings.of(place, List.of(nobody), 0, Feed.of(1)));
                Evaluation evaluation = Evaluation.of(fleet, requestId)) {
            return evaluation.results().stream().collect(Collectors.groupingBy(SampleResult::getRunId));
        }
    }
}
