package dev.evalfleet.local.fleet;

import static dev.evalfleet.local.fleet.Evaluation.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.local.Home;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.Problem;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.schemas.wire.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The main job, end to end: broker, registry, producer, workers with scripted models, aggregator, in one JVM.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalFleetIT {

    private Path dataDir;
    private Path tasks;
    private LocalFleet fleet;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        dataDir = folder.resolve("data");
        tasks = Files.createDirectories(folder.resolve("tasks"));
        taskWithNull();
        fleet = startFleet();
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @Test
    void aRequestIsEvaluatedAndItsFiguresAreThoseOfItsResults() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "first")) {
            evaluation
                    .submit(request("first", List.of("skills_add"), List.of("good", "bad"))
                            .setBaseline(new Baseline(BaselineKind.MODEL, "good"))
                            .setLimit(60.0))
                    .awaitFinished();

            assertThat(evaluation.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(evaluation.runs()).hasSize(2).allSatisfy(run -> assertThat(run.getScored())
                    .isEqualTo(60));
            Map<String, List<SampleResult>> results =
                    evaluation.results().stream().collect(Collectors.groupingBy(SampleResult::getRunId));
            assertThat(results).hasSize(2);
            results.forEach((runId, ofRun) -> assertEqualMeans(evaluation, runId, ofRun));
            assertThat(evaluation
                            .picture()
                            .overall("first/skills_add/bad")
                            .getFirst()
                            .getPaired())
                    .satisfies(paired -> assertThat(paired.getPairs()).isEqualTo(60))
                    .satisfies(paired -> assertThat(paired.getDifference()).isNegative());
        }
    }

    @Test
    void theSameRequestTwiceDoesNothingNew() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "twice")) {
            evaluation
                    .submit(request("twice", List.of("skills_add"), List.of("good"))
                            .setLimit(10.0))
                    .awaitFinished();
            evaluation.submit(
                    request("twice", List.of("skills_max"), List.of("good")).setLimit(10.0));
            evaluation.submit(request("after-twice", List.of("skills_add"), List.of("good"))
                    .setLimit(5.0));
            try (Evaluation later = Evaluation.of(fleet, "after-twice")) {
                later.awaitFinished();
            }

            assertThat(evaluation.picture().plans("twice"))
                    .extracting(RunPlan::getTask)
                    .containsExactly("skills_add");
        }
    }

    @Test
    void everyProblemOfARequestIsToldAtOnce() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "refused")) {
            evaluation
                    .submit(request("refused", List.of("skills_ad", "with_null"), List.of("good", "tinygpt-v9")))
                    .awaitFinished();

            List<Problem> problems =
                    evaluation.picture().plan("refused").orElseThrow().getProblems();
            assertThat(problems).extracting(Problem::getMessage).anySatisfy(message -> assertThat(message)
                    .contains("skills_ad"));
            assertThat(problems).extracting(Problem::getMessage).anySatisfy(message -> assertThat(message)
                    .contains("tinygpt-v9"));
            assertThat(problems).anySatisfy(problem -> assertThat(problem.getWhere() + problem.getMessage())
                    .contains("data.jsonl")
                    .contains("null"));
            assertThat(evaluation.picture().plans("refused")).isEmpty();
        }
    }

    @Test
    void aCancelledRequestKeepsWhatWasScored() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "cancelled")) {
            evaluation
                    .submit(request("cancelled", List.of("skills_add"), List.of("slow")))
                    .awaitSomeResults();
            evaluation.client().cancel("cancelled", "seen enough", "a test");
            evaluation.awaitFinished();

            RunState run = evaluation.runs().getFirst();
            assertThat(run.getStatus()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.getCancelled()).isPositive();
            assertThat(run.getScored() + run.getFailedModel() + run.getFailedInfrastructure() + run.getCancelled())
                    .isEqualTo(run.getExpected());
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aSecondStartFindsTopicsSchemasAndRunsAsTheyWere() throws Exception {
        Map<String, Integer> schemas = schemaIds();
        int runs;
        try (Evaluation evaluation = Evaluation.of(fleet, "none")) {
            runs = evaluation.picture().runs().size();
        }
        fleet.close();
        fleet = startFleet();

        assertThat(schemaIds()).isEqualTo(schemas);
        try (Evaluation evaluation = Evaluation.of(fleet, "after-restart")) {
            assertThat(evaluation.picture().runs()).hasSize(runs);
            evaluation
                    .submit(request("after-restart", List.of("skills_compare"), List.of("good"))
                            .setLimit(20.0))
                    .awaitFinished();
            assertThat(evaluation.status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    private static void assertEqualMeans(Evaluation evaluation, String runId, List<SampleResult> results) {
        double mean = results.stream()
                .mapToDouble(result -> result.getScores().getFirst().getValue())
                .average()
                .orElseThrow();
        Metric metric = evaluation.picture().overall(runId).getFirst();
        assertThat(metric.getN()).isEqualTo(results.size());
        assertThat(metric.getValue()).isCloseTo(mean, within(1e-12));
    }

    private LocalFleet startFleet() throws Exception {
        List<ModelSpec> models = List.of(
                ModelSpec.parse("good=scripted,accuracy=0.9,latency=2ms"),
                ModelSpec.parse("bad=scripted,accuracy=0.4,latency=2ms,seed=1"),
                ModelSpec.parse("slow=scripted,latency=500ms"));
        Place place = new Place(dataDir, List.of(tasks, Home.find().tasks()), new Ports(0, 0, 0));
        return LocalFleet.start(LocalFleetSettings.of(place, models, 1, Feed.of(8)));
    }

    private Map<String, Integer> schemaIds() {
        SchemaRegistry registry = fleet.fleet().registry();
        return registry.subjects().stream()
                .collect(Collectors.toMap(subject -> subject, subject -> registry.versions(subject)
                        .size()));
    }

    private void taskWithNull() throws IOException {
        Files.writeString(tasks.resolve("data.jsonl"), "{\"q\": \"1+1\", \"a\": \"2\"}\n{\"q\": null, \"a\": \"3\"}\n");
        Files.writeString(
                tasks.resolve("with_null.yaml"),
                """
                task: with_null
                dataset_path: json
                dataset_kwargs: {data_files: {test: data.jsonl}}
                test_split: test
                output_type: generate_until
                doc_to_text: "{{q}}="
                doc_to_target: "{{a}}"
                metric_list: [{metric: exact_match}]
                """);
    }
}
