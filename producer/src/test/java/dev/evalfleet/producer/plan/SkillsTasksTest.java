package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkillsTasksTest {
    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void openPlanner() {
        planner = new PlannerUnderTest(PlannerUnderTest.bundledTasks(), work);
    }

    @AfterEach
    void closePlanner() {
        planner.close();
    }

    @Test
    void theGroupGivesARunPerTaskAndModelWithTheBaselineFirst() {
        List<RunPlan> runs = planner.accepted(
                PlannerUnderTest.request("skills", "v2", "v1").setBaseline(new Baseline(BaselineKind.MODEL, "v1")));

        assertThat(runs).hasSize(12);
        assertThat(runs.getFirst().getModel()).isEqualTo("v1");
        assertThat(runs.getFirst().getRole()).isEqualTo(RunRole.BASELINE);
        assertThat(runs.get(1).getRole()).isEqualTo(RunRole.CANDIDATE);
        assertThat(runs.get(1).getBaseline().getRunId()).isEqualTo("r1/skills_add/v1");
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.getExpectedSamples()).isEqualTo(300);
            assertThat(run.getGroups()).singleElement().satisfies(group -> {
                assertThat(group.getName()).isEqualTo("skills");
                assertThat(group.getMetrics()).containsExactly("exact_match", "acc");
            });
            assertThat(run.getPool()).isEqualTo("tiny");
        });
    }

    @Test
    void candidateAndBaselineWalkTheSameOrder() {
        List<RunPlan> runs = planner.accepted(PlannerUnderTest.request("skills_add", "v1", "v2"));

        List<String> first = documentIds(planner.samples(runs.get(0)));
        List<String> second = documentIds(planner.samples(runs.get(1)));

        assertThat(first).isEqualTo(second).hasSize(300);
        assertThat(new HashSet<>(first)).hasSize(300);
        assertThat(first).isNotEqualTo(first.stream().sorted().toList());
    }

    private static List<String> documentIds(List<Sample> samples) {
        return samples.stream().map(Sample::getDocumentId).toList();
    }

    @Test
    void anAdditionIsRenderedWithItsAnswerStopAndSlices() {
        RunPlan plan =
                planner.accepted(PlannerUnderTest.request("skills_add", "v1")).getFirst();

        Sample sample = document(planner.samples(plan), "add-0000");

        assertThat(sample.getPrompt()).isEqualTo("97+2=");
        assertThat(sample.getTargets()).containsExactly("99");
        assertThat(sample.getGeneration().getUntil()).containsExactly("\n");
        assertThat(sample.getGeneration().getMaxTokens()).isEqualTo(8);
        assertThat(sample.getGeneration().getDoSample()).isFalse();
        assertThat(sample.getSlices()).containsExactly("digits=3", "carry=no carry");
        assertThat(sample.getFilters()).singleElement().satisfies(filter -> {
            assertThat(filter.getName()).isEqualTo("none");
            assertThat(filter.getSteps()).singleElement().satisfies(step -> assertThat(step.getFunction())
                    .isEqualTo("take_first"));
        });
        assertThat(plan.getSliceSizes()).containsOnlyKeys("carry=carry", "carry=no carry", "digits=3", "digits=4");
        assertThat(plan.getSliceSizes().entrySet().stream()
                        .filter(slice -> slice.getKey().startsWith("carry="))
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                .isEqualTo(300);
        assertThat(plan.getMetrics()).singleElement().satisfies(metric -> {
            assertThat(metric.getMetric()).isEqualTo("exact_match");
            assertThat(metric.getLower()).isZero();
            assertThat(metric.getUpper()).isEqualTo(1.0);
            assertThat(metric.getFailureValue()).isZero();
        });
    }

    @Test
    void aComparisonAsksForTheLikelihoodOfEachChoice() {
        RunPlan plan = planner.accepted(PlannerUnderTest.request("skills_compare", "v1"))
                .getFirst();

        Sample sample = document(planner.samples(plan), "compare-0001");

        assertThat(sample.getRequestType()).isEqualTo(RequestType.MULTIPLE_CHOICE);
        assertThat(sample.getPrompt()).isEqualTo("97?20=");
        assertThat(sample.getContinuations().stream().map(c -> c.getText())).containsExactly("<", ">", "=");
        assertThat(sample.getChoices()).containsExactly("<", ">", "=");
        assertThat(sample.getGoldChoices()).containsExactly(1);
        assertThat(sample.getTargets()).containsExactly(">");
    }

    private static Sample document(List<Sample> samples, String id) {
        return samples.stream()
                .filter(sample -> sample.getDocumentId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theLimitTakesTheFirstDocumentsOrAShareOfThem() {
        RunPlan ten = planner.accepted(
                        PlannerUnderTest.request("skills_add", "v1").setLimit(10.0))
                .getFirst();
        RunPlan share = planner.accepted(
                        PlannerUnderTest.request("skills_add", "v1").setLimit(0.0101))
                .getFirst();

        assertThat(planner.samples(ten).stream().map(Sample::getDocIndex))
                .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(share.getExpectedSamples()).isEqualTo(4);
    }

    @Test
    void theSameRequestGivesTheSameSamples() {
        RunPlan first =
                planner.accepted(PlannerUnderTest.request("skills_max", "v1")).getFirst();
        RunPlan second =
                planner.accepted(PlannerUnderTest.request("skills_max", "v1")).getFirst();

        assertThat(second.getTaskHash()).isEqualTo(first.getTaskHash());
        assertThat(second.getDatasetFingerprint()).isEqualTo(first.getDatasetFingerprint());
        assertThat(second.getOrderSeed()).isEqualTo(first.getOrderSeed());
        assertThat(documentIds(planner.samples(second))).isEqualTo(documentIds(planner.samples(first)));
    }
}
