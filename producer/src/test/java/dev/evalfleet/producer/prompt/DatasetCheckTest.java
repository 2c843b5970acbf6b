package dev.evalfleet.producer.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.plan.PlannerUnderTest;
import dev.evalfleet.schemas.avro.RunPlan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCheckTest {
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
        planner = new PlannerUnderTest(work.resolve("tasks"), work);
    }

    @AfterEach
    void closePlanner() {
        planner.close();
    }

    private List<String> problems(String yaml, String data) {
        PlannerUnderTest.write(work, "tasks/t.yaml", yaml);
        PlannerUnderTest.write(work, "tasks/data.jsonl", data);
        return planner.problems(PlannerUnderTest.request("t", "v1"));
    }

    private List<String> warnings(String yaml, String data) {
        PlannerUnderTest.write(work, "tasks/t.yaml", yaml);
        PlannerUnderTest.write(work, "tasks/data.jsonl", data);
        RunPlan plan = planner.accepted(PlannerUnderTest.request("t", "v1")).getFirst();
        return plan.getWarnings().stream()
                .map(w -> w.getWhere() + ": " + w.getMessage())
                .toList();
    }

    @Test
    void aNullWhereTheTemplateNeedsAValueIsRefusedWithItsLine() {
        assertThat(problems(TASK, "{\"q\": \"x\", \"a\": \"1\"}\n\n{\"q\": null, \"a\": \"2\"}\n"))
                .singleElement()
                .asString()
                .contains("data.jsonl:3: t: \"q\" is null, and the task's template prints it");
    }

    @Test
    void aNullTheTemplateGuardsAgainstIsFine() {
        String guarded = TASK.replace("{{q}}", "{% if q %}{{q}}{% else %}nothing{% endif %}");

        assertThat(problems(guarded, "{\"q\": null, \"a\": \"2\"}\n")).isEmpty();
    }

    @Test
    void anAbsentFieldOfOneDocumentIsANull() {
        assertThat(problems(TASK, "{\"q\": \"x\", \"a\": \"1\"}\n{\"q\": \"y\"}\n"))
                .singleElement()
                .asString()
                .contains("data.jsonl:2", "\"a\" is null");
    }

    @Test
    void aMissingColumnIsNamedOnceWithTheColumnsThereAre() {
        assertThat(problems(TASK, "{\"question\": \"x\", \"a\": \"1\"}\n{\"question\": \"y\", \"a\": \"1\"}\n"))
                .singleElement()
                .asString()
                .contains("t.yaml:5 doc_to_text", "uses \"q\"", "their columns are question, a");
    }

    @Test
    void theFirstFewAreToldAndTheRestCounted() {
        String data = "{\"q\": null, \"a\": \"1\"}\n".repeat(10) + "{\"q\": \"x\", \"a\": \"1\"}\n";

        assertThat(problems(TASK, data)).hasSize(4).last().asString().contains("and 7 more documents like this");
    }

    @Test
    void emptyQuestionsAndDuplicatesAreWarningsUnlessTheTaskRefusesThem() {
        String data = "{\"q\": \" \", \"a\": \"1\"}\n{\"q\": \"x\", \"a\": \"1\"}\n{\"q\": \"x\", \"a\": \"1\"}\n";
        String strict = TASK + "metadata: {dataset_check: {duplicates: refuse, empty: refuse}}\n";

        assertThat(warnings(TASK, data))
                .anySatisfy(w -> assertThat(w).contains("data.jsonl:1: t: the question is empty"))
                .anySatisfy(
                        w -> assertThat(w).contains("data.jsonl:3: t: the same question and answer as", "data.jsonl:2"))
                .hasSize(2);
        assertThat(problems(strict, data)).hasSize(2);
    }

    @Test
    void lengthsAndTheNumberOfDocumentsAreBounded() {
        String yaml = TASK + "metadata: {dataset_check: {rows: 3, min_length: 2, max_length: 4}}\n";

        assertThat(problems(yaml, "{\"q\": \"x\", \"a\": \"1\"}\n{\"q\": \"xxxxx\", \"a\": \"1\"}\n"))
                .anySatisfy(p -> assertThat(p).contains("has 2 documents, the task expects 3"));
        assertThat(problems(
                        yaml.replace("rows: 3, ", ""),
                        "{\"q\": \"x\", \"a\": \"1\"}\n{\"q\": \"xxxxx\", \"a\": \"1\"}\n"))
                .anySatisfy(p -> assertThat(p).contains("data.jsonl:1", "has 1 characters", "allows 2 to 4"))
                .anySatisfy(p -> assertThat(p).contains("data.jsonl:2", "has 5 characters"))
                .hasSize(2);
    }

    @Test
    void anAnswerThatIsNoChoiceIsAWarning() {
        String yaml = TASK + "output_type: multiple_choice\ndoc_to_choice: [\"x\", \"y\"]\n";

        assertThat(warnings(yaml, "{\"q\": \"?\", \"a\": \"z\"}\n"))
                .singleElement()
                .asString()
                .contains("data.jsonl:1", "the answer 'z' is none of the 2 choices");
    }

    @Test
    void noDocumentsAtAllAreAProblem() {
        assertThat(problems(TASK, "")).singleElement().asString().contains("the dataset has no documents");
    }

    @Test
    void aBrokenLineIsNamed() {
        assertThat(problems(TASK, "{\"q\": \"x\", \"a\": \"1\"}\n{\"q\": oops}\n"))
                .singleElement()
                .asString()
                .contains("data.jsonl:2: broken JSON");
    }
}
