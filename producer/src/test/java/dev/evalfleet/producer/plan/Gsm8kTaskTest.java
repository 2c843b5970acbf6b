package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalfleet.producer.dataset.DataUnderTest;
import dev.evalfleet.schemas.avro.FilterPipeline;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Gsm8kTaskTest {
    @TempDir
    Path work;

    // The data are not part of the project; they stand beside a checkout of it.
    private static Path dataDir() {
        return Stream.of("../../shared", "../../../shared")
                .map(shared -> Path.of(shared, "data", "datasets"))
                .filter(folder -> Files.isRegularFile(folder.resolve("gsm8k/test.jsonl")))
                .findFirst()
                .orElse(Path.of(""));
    }

    private PlannerUnderTest planner(@Nullable Path dataDir) {
        return new PlannerUnderTest(
                PlannerUnderTest.bundledTasks(), work, DataUnderTest.access(dataDir, work.resolve("cache")));
    }

    @Test
    void everyPromptIsTheOneThatPythonMakesWithTheSameSeed() throws Exception {
        Path data = dataDir();
        assumeTrue(!data.toString().isEmpty(), "gsm8k is not there: put it into ../shared/data/datasets/gsm8k");
        try (PlannerUnderTest planner = planner(data)) {
            RunPlan plan =
                    planner.accepted(PlannerUnderTest.request("gsm8k", "v1")).getFirst();

            List<Sample> samples = planner.samples(plan).stream()
                    .sorted(Comparator.comparing(Sample::getDocIndex))
                    .toList();

            assertThat(samples).hasSize(1319);
            // random.Random(1234).sample(train, 5) over the test documents in order, the prompts ended by zero bytes
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Sample sample : samples) {
                sha256.update((sample.getPrompt() + '\0').getBytes(StandardCharsets.UTF_8));
            }
            assertThat(HexFormat.of().formatHex(sha256.digest()))
                    .isEqualTo("5d124d06ffce3776667d87bcb9728c2c34191e8131c4c980266ba6896eab9634");
        }
    }

    @Test
    void theLimitDoesNotChangeThePromptsOfTheDocumentsThatStay() {
        Path data = dataDir();
        assumeTrue(!data.toString().isEmpty(), "gsm8k is not there: put it into ../shared/data/datasets/gsm8k");
        try (PlannerUnderTest planner = planner(data)) {
            RunPlan plan = planner.accepted(
                            PlannerUnderTest.request("gsm8k", "v1").setLimit(1.0))
                    .getFirst();

            assertThat(planner.samples(plan)).singleElement().satisfies(sample -> {
                assertThat(sample.getPrompt()).startsWith("Question: Val cuts a single watermelon into 40 slices");
                assertThat(sample.getPrompt()).endsWith("at the farmers' market?\nAnswer:");
                assertThat(sample.getTargets().getFirst()).endsWith("#### 18");
                assertThat(sample.getGeneration().getUntil()).containsExactly("Question:", "</s>", "<|im_end|>");
                assertThat(sample.getGeneration().getMaxTokens()).isEqualTo(256);
            });
            assertThat(plan.getMetrics().stream().map(MetricPlan::getFilter))
                    .containsExactly("strict-match", "flexible-extract");
            assertThat(planner.samples(plan).getFirst().getFilters().stream().map(FilterPipeline::getName))
                    .containsExactly("strict-match", "flexible-extract");
        }
    }

    @Test
    void withoutTheDataTheRefusalSaysWhatToSet() {
        try (PlannerUnderTest planner = planner(null)) {
            assertThat(planner.problems(PlannerUnderTest.request("gsm8k", "v1")))
                    .singleElement()
                    .asString()
                    .contains("gsm8k.yaml:6 dataset_kwargs.data_files", "EVALFLEET_DATA_DIR");
        }
        try (PlannerUnderTest planner = planner(work)) {
            assertThat(planner.problems(PlannerUnderTest.request("gsm8k", "v1")))
                    .singleElement()
                    .asString()
                    .contains("there is no data file " + work.toAbsolutePath().resolve("gsm8k/test*.jsonl"));
        }
    }
}
