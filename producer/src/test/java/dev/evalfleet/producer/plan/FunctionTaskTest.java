package dev.evalfleet.producer.plan;

import static dev.evalfleet.producer.plan.PlannerUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks with Python functions on local files, through the planner.
class FunctionTaskTest {
    private static final String YAML =
            """
            task: quiz
            dataset_path: json
            dataset_kwargs:
              data_files: {train: train.jsonl, test: test.jsonl}
            training_split: train
            test_split: test
            output_type: multiple_choice
            process_docs: !function utils.process_maths
            doc_to_text: !function utils.doc_to_text
            doc_to_target: answer
            doc_to_choice: !function utils.doc_to_choice
            num_fewshot: 1
            metric_list:
              - metric: f1
                aggregation: !function utils.weighted_f1_score
            """;
    private static final String PYTHON =
            """
            from functools import partial
            from lm_eval.utils import weighted_f1_score

            def process_docs(dataset, subject):
                def strip(doc):
                    doc["question"] = doc["question"].strip()
                    return doc
                return dataset.filter(lambda x: x["subject"] == subject).map(strip)

            process_maths = partial(process_docs, subject="maths")

            def doc_to_text(doc):
                return f"Q: {doc['question']}\\nA:"

            def doc_to_choice(doc):
                return [option.upper() for option in doc["options"]]
            """;

    @TempDir
    Path folder;

    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void tasks() {
        PlannerUnderTest.write(folder, "quiz.yaml", YAML);
        PlannerUnderTest.write(folder, "utils.py", PYTHON);
        PlannerUnderTest.write(folder, "train.jsonl", line("maths", " 1+1? ") + line("art", "Who?"));
        PlannerUnderTest.write(
                folder, "test.jsonl", line("art", "Why?") + line("maths", "  2+2?") + line("maths", "3+3?"));
        planner = new PlannerUnderTest(folder, work);
    }

    @AfterEach
    void close() {
        planner.close();
    }

    private static String line(String subject, String question) {
        return "{\"subject\": \"" + subject + "\", \"question\": \"" + question
                + "\", \"options\": [\"a\", \"b\"], \"answer\": 1}\n";
    }

    @Test
    void functionsMakeTheDocumentsTheExamplesAndThePrompts() {
        RunPlan plan = planner.accepted(request("quiz", "v1")).getFirst();

        List<Sample> samples = planner.samples(plan);

        assertThat(samples)
                .extracting(Sample::getPrompt)
                .containsExactlyInAnyOrder("Q: 1+1?\nA: B\n\nQ: 2+2?\nA:", "Q: 1+1?\nA: B\n\nQ: 3+3?\nA:");
        assertThat(samples.getFirst().getChoices()).containsExactly("A", "B");
        assertThat(plan.getMetrics().getFirst().getAggregation()).isEqualTo("weighted_f1");
    }

    @Test
    void aLimitCountsTheDocumentsTheFunctionLeaves() {
        RunPlan plan = planner.accepted(request("quiz", "v1").setLimit(2.0)).getFirst();

        assertThat(plan.getExpectedSamples()).isEqualTo(2);
    }

    @Test
    void whatAFunctionRaisesIsToldWithFunctionAndFile() {
        PlannerUnderTest.write(folder, "utils.py", PYTHON.replace("x[\"subject\"]", "x[\"topic\"]"));

        assertThat(planner.problems(request("quiz", "v1")))
                .singleElement()
                .asString()
                .contains(
                        "quiz.yaml:8 process_docs", "utils.process_maths", "utils.py", "KeyError: 'topic'", "subject");
    }

    @Test
    void aFunctionThatNeedsAnUnknownModuleIsRefused() {
        PlannerUnderTest.write(
                folder, "utils.py", "import numpy as np\n" + PYTHON.replace("option.upper()", "np.upper(option)"));

        assertThat(planner.problems(request("quiz", "v1")))
                .singleElement()
                .asString()
                .contains(
                        "quiz.yaml:11 doc_to_choice",
                        "utils.doc_to_choice",
                        "utils.py",
                        "the module numpy is not there");
    }

    @Test
    void aScoringFunctionOfAKnownNameThatSaysSomethingElseIsRefused() {
        PlannerUnderTest.write(
                folder,
                "utils.py",
                PYTHON.replace("from lm_eval.utils import weighted_f1_score", "")
                        + "\ndef weighted_f1_score(items):\n    return 1\n");

        assertThat(planner.problems(request("quiz", "v1")))
                .singleElement()
                .asString()
                .contains("needs the Python function utils.weighted_f1_score");
    }
}
