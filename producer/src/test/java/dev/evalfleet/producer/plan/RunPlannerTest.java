package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dispatch.SpoolException;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPlannerTest {
    private static final String TASK =
            """
            task: t
            dataset_path: json
            dataset_kwargs: {data_files: {test: data.jsonl}}
            test_split: test
            doc_to_text: "{{q}}"
            doc_to_target: "{{a}}"
            """;

    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void openPlanner() {
        PlannerUnderTest.write(work, "tasks/t.yaml", TASK);
        PlannerUnderTest.write(
                work, "tasks/data.jsonl", "{\"q\": \"1+1=\", \"a\": \"2\"}\n{\"q\": \"1+2=\", \"a\": \"3\"}\n");
        planner = new PlannerUnderTest(work.resolve("tasks"), work);
    }

    @AfterEach
    void closePlanner() {
        planner.close();
    }

    private static EvalRequest.Builder request() {
        return PlannerUnderTest.request("t", "v1");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        PlannerUnderTest.write(
                work, "tasks/u.yaml", TASK.replace("task: t", "task: u").replace("{{q}}", "{{quest}}"));
        EvalRequest.Builder request = request()
                .setTasks(List.of("t", "u", "tt"))
                .setModels(List.of("v1", "v9"))
                .setPriority(0)
                .setBaseline(new Baseline(BaselineKind.NAME, "r0 t"))
                .setGates(Gates.newBuilder().setAlpha(0.7).build());

        assertThat(planner.problems(request))
                .anySatisfy(p -> assertThat(p)
                        .contains("request models: no pool serves the model \"v9\"; the catalogue has v1, v2, v3"))
                .anySatisfy(p -> assertThat(p).contains("request tasks: there is no task, group or tag \"tt\""))
                .anySatisfy(p -> assertThat(p).contains("u.yaml:5 doc_to_text: u: uses \"quest\"", "columns are q, a"))
                .anySatisfy(p -> assertThat(p).contains("request priority: must be 1 to 100, but is 0"))
                .anySatisfy(p -> assertThat(p).contains("request baseline: a baseline's name is"))
                .anySatisfy(p -> assertThat(p).contains("request gates.alpha: must be in (0, 0.5), but is 0.7"))
                .hasSize(6);
    }

    @Test
    void aVariantChangesPromptAndParametersAndNothingElse() {
        Variant plain = Variant.newBuilder().setName("plain").build();
        Variant polite = Variant.newBuilder()
                .setName("polite")
                .setDescription("Please. ")
                .setDocToText("What is {{q}}?")
                .setGeneration(Map.of("max_gen_toks", "5"))
                .build();

        List<RunPlan> runs = planner.accepted(
                request().setVariants(List.of(plain, polite)).setBaseline(new Baseline(BaselineKind.MODEL, "v1")));

        assertThat(runs.stream().map(RunPlan::getRunId)).containsExactly("r1/t/v1/plain", "r1/t/v1/polite");
        assertThat(runs.stream().map(RunPlan::getRole)).containsExactly(RunRole.BASELINE, RunRole.CANDIDATE);
        assertThat(runs.stream().map(RunPlan::getPairGroup)).containsOnly("r1/t");
        assertThat(runs.get(0).getOrderSeed()).isEqualTo(runs.get(1).getOrderSeed());
        Sample sample = planner.samples(runs.get(1)).getFirst();
        assertThat(sample.getPrompt()).startsWith("Please. What is 1+");
        assertThat(sample.getGeneration().getMaxTokens()).isEqualTo(5);
        assertThat(planner.samples(runs.get(0)).getFirst().getDocumentId()).isEqualTo(sample.getDocumentId());
    }

    @Test
    void aTaskWrittenIntoTheRequestReadsOnlyWhatItMay() {
        EvalRequest.Builder request =
                request().setTasks(List.of("mine")).setInlineTasks(Map.of("mine", TASK.replace("task: t\n", "")));

        assertThat(planner.problems(request))
                .singleElement()
                .asString()
                .contains("inlineTasks.mine:2", "producer.inline-data-dirs (none is set)");
    }

    @Test
    void aRequestWithTooManyRunsIsRefused() {
        List<Variant> variants = java.util.stream.IntStream.range(0, 1001)
                .mapToObj(i -> Variant.newBuilder().setName("v" + i).build())
                .toList();

        assertThat(planner.problems(request().setVariants(variants)))
                .singleElement()
                .asString()
                .contains("would give 1001 runs; a request may have 1000");
    }

    @Test
    void gatesMustNameAMetricOfTheRequest() {
        EvalRequest.Builder request =
                request().setGates(Gates.newBuilder().setMin(Map.of("acc", 0.5)).build());

        assertThat(planner.problems(request))
                .singleElement()
                .asString()
                .contains("no task of the request has the metric \"acc\"; there are exact_match");
    }

    @Test
    void datasetsThatChangedAfterPlanningAreNotDispatched() {
        RunPlan plan = planner.accepted(request()).getFirst();
        PlannerUnderTest.write(
                work, "tasks/data.jsonl", "{\"q\": \"1+1=\", \"a\": \"two\"}\n{\"q\": \"1+2=\", \"a\": \"3\"}\n");

        assertThatThrownBy(() -> planner.source().open(plan))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("r1/t/v1: the dataset is no longer what was planned")
                .matches(e -> !((SpoolException) e).isTemporary());
    }

    @Test
    void aTaskThatSaysZeroExamplesMeansIt() {
        PlannerUnderTest.write(work, "tasks/t.yaml", TASK + "num_fewshot: 0\n");

        RunPlan plan = planner.accepted(request().setNumFewshot(1)).getFirst();

        assertThat(plan.getNumFewshot()).isZero();
        assertThat(plan.getWarnings()).singleElement().satisfies(w -> assertThat(w.getMessage())
                .contains("sets num_fewshot to 0"));
    }

    @Test
    void examplesThatAreTooFewAreAProblem() {
        assertThat(planner.problems(request().setNumFewshot(5)))
                .singleElement()
                .asString()
                .contains("there are 2 documents to draw examples from, but 5 are needed");
    }

    @Test
    void promptTokensAreEstimated() {
        assertThat(planner.plan(request().setModels(List.of("v1", "v2"))))
                .isInstanceOfSatisfying(Planning.Accepted.class, accepted -> {
                    assertThat(accepted.samples()).isEqualTo(4);
                    assertThat(accepted.promptTokens()).isEqualTo(4);
                });
    }
}
