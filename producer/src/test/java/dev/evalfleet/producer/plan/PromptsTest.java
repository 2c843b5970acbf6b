package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Prompts as lm-eval assembles them, on tasks of a few documents.
class PromptsTest {
    private static final String DATA =
            """
            {"q": "one?", "a": "1", "options": ["x", "y"], "gold": 0}
            {"q": "two?", "a": "2", "options": ["x", "y"], "gold": 1}
            {"q": "three?", "a": "3", "options": ["x", "y"], "gold": 1}
            """;

    private static final String TASK =
            """
            task: t
            dataset_path: json
            dataset_kwargs:
              data_files: {test: data.jsonl, train: data.jsonl}
            test_split: test
            training_split: train
            doc_to_text: "Q: {{q}}\\nA:"
            doc_to_target: a
            """;

    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void openPlanner() {
        PlannerUnderTest.write(work, "tasks/data.jsonl", DATA);
        planner = new PlannerUnderTest(work.resolve("tasks"), work);
    }

    @AfterEach
    void closePlanner() {
        planner.close();
    }

    private List<Sample> samples(String yaml, EvalRequest.Builder request) {
        PlannerUnderTest.write(work, "tasks/t.yaml", yaml);
        return planner.samples(planner.accepted(request).getFirst()).stream()
                .sorted(Comparator.comparing(Sample::getDocIndex))
                .toList();
    }

    private Sample first(String more, EvalRequest.Builder request) {
        return samples(TASK + more, request).getFirst();
    }

    private static EvalRequest.Builder request() {
        return PlannerUnderTest.request("t", "v1");
    }

    private static List<String> messages(Sample sample) {
        return sample.getMessages().stream()
                .map(message -> message.getRole() + "=" + message.getContent())
                .toList();
    }

    @Test
    void examplesStandBetweenDescriptionAndQuestion() {
        String more =
                """
                num_fewshot: 2
                fewshot_split: train
                fewshot_config: {sampler: first_n}
                description: "Answer.\\n"
                """;

        assertThat(first(more, request()).getPrompt())
                .isEqualTo("Answer.\nQ: one?\nA: 1\n\nQ: two?\nA: 2\n\nQ: one?\nA:");
    }

    @Test
    void aDocumentIsNeverItsOwnExampleWhereBothSplitsAreTheSame() {
        String more =
                """
                num_fewshot: 2
                fewshot_split: test
                fewshot_config: {sampler: first_n}
                """;

        assertThat(samples(TASK + more, request()).stream().map(Sample::getPrompt))
                .containsExactly(
                        "Q: two?\nA: 2\n\nQ: three?\nA: 3\n\nQ: one?\nA:",
                        "Q: one?\nA: 1\n\nQ: three?\nA: 3\n\nQ: two?\nA:",
                        "Q: one?\nA: 1\n\nQ: two?\nA: 2\n\nQ: three?\nA:");
    }

    @Test
    void examplesWrittenIntoTheTaskAreUsed() {
        String more =
                """
                num_fewshot: 1
                target_delimiter: ""
                fewshot_delimiter: "#"
                fewshot_config:
                  sampler: first_n
                  samples:
                    - {q: "zero?", a: "0"}
                """;

        assertThat(first(more, request()).getPrompt()).isEqualTo("Q: zero?\nA:0#Q: one?\nA:");
    }

    @Test
    void theBeginningOfTheAnswerIsJoinedWithOneSpace() {
        assertThat(first("gen_prefix: \"The answer is\"\n", request()).getPrompt())
                .isEqualTo("Q: one?\nA: The answer is");
    }

    @Test
    void inAChatExamplesAreTurnsOrOneMessage() {
        String more =
                """
                num_fewshot: 1
                fewshot_split: train
                fewshot_config: {sampler: first_n}
                description: "Answer."
                """;

        Sample turns = first(more, request().setChat(true).setSystemInstruction("You are brief."));
        Sample single = first(more, request().setRequestId("r2").setChat(true).setFewshotAsMultiturn(false));

        assertThat(messages(turns))
                .containsExactly(
                        "system=You are brief.\n\nAnswer.", "user=Q: one?\nA:", "assistant=1", "user=Q: one?\nA:");
        assertThat(messages(single)).containsExactly("system=Answer.", "user=Q: one?\nA: 1\n\nQ: one?\nA:");
        assertThat(turns.getPrompt()).isEqualTo("You are brief.\n\nAnswer.Q: one?\nA: 1\n\nQ: one?\nA:");
    }

    @Test
    void choicesComeWithTheDelimiterAndAreMeasuredWithoutIt() {
        String yaml = TASK.replace("doc_to_target: a", "doc_to_target: gold")
                + """
                output_type: multiple_choice
                doc_to_choice: "{{options}}"
                num_fewshot: 1
                fewshot_split: train
                fewshot_config: {sampler: first_n}
                metric_list:
                  - metric: acc_mutual_info
                """;

        Sample sample = samples(yaml, request()).get(1);

        assertThat(sample.getPrompt()).isEqualTo("Q: one?\nA: x\n\nQ: two?\nA:");
        assertThat(sample.getContinuations().stream().map(c -> c.getContext() + "|" + c.getText()))
                .containsExactly("null| x", "null| y", "| x", "| y");
        assertThat(sample.getChoices()).containsExactly("x", "y");
        assertThat(sample.getGoldChoices()).containsExactly(1);
    }

    @Test
    void whereTheQuestionIsTheIndexOfAChoiceEveryChoiceBecomesAContext() {
        String yaml = TASK.replace("doc_to_text: \"Q: {{q}}\\nA:\"", "doc_to_text: \"{{gold}}\"")
                + """
                output_type: multiple_choice
                doc_to_choice: ["{{'no template here'}}", "second"]
                """;

        Sample sample = samples(yaml, request()).get(1);

        assertThat(sample.getContinuations().stream().map(c -> c.getContext() + "|" + c.getText()))
                .containsExactly("{{'no template here'}}| 2", "second| 2");
        assertThat(sample.getGoldChoices()).containsExactly(1);
    }

    @Test
    void aFlagAsTheQuestionIsTheIndexOfAChoiceToo() {
        PlannerUnderTest.write(
                work,
                "tasks/data.jsonl",
                """
                {"a": "1", "options": ["x", "y"], "isSecond": true}
                """);
        String yaml = TASK.replace("doc_to_text: \"Q: {{q}}\\nA:\"", "doc_to_text: isSecond")
                + "output_type: multiple_choice\ndoc_to_choice: options\n";

        Sample sample = samples(yaml, request()).getFirst();

        assertThat(sample.getContinuations())
                .extracting(continuation -> continuation.getContext() + continuation.getText())
                .containsExactly("x 1", "y 1");
        assertThat(sample.getGoldChoices()).containsExactly(1);
    }

    @Test
    void aTargetThatIsAListGivesSeveralReferences() {
        String yaml = TASK.replace("doc_to_target: a", "doc_to_target: \"{{[a, a ~ '.0']}}\"");

        assertThat(samples(yaml, request()).getFirst().getTargets()).containsExactly("1", "1.0");
    }

    @Test
    void logLikelihoodTasksAddNoDelimiter() {
        String yaml = TASK.replace("doc_to_target: a", "doc_to_target: \" {{a}}\"") + "output_type: loglikelihood\n";

        Sample sample = samples(yaml, request()).getFirst();

        assertThat(sample.getPrompt()).isEqualTo("Q: one?\nA:");
        assertThat(sample.getContinuations()).singleElement().satisfies(c -> assertThat(c.getText())
                .isEqualTo(" 1"));
    }

    @Test
    void generationArgumentsKeepWhatTheServerIsToBeTold() {
        Sample plain = first("", request());
        Sample own = first(
                """
                generation_kwargs: {until: [null, "\\n"], max_gen_toks: 7, temperature: 0.7, top_p: 0.9, num_beams: 2}
                repeats: 3
                """,
                request());

        assertThat(plain.getGeneration().getUntil()).containsExactly("\n\n");
        assertThat(plain.getGeneration().getTemperature()).isZero();
        assertThat(own.getGeneration().getUntil()).containsExactly("\n");
        assertThat(own.getGeneration().getMaxTokens()).isEqualTo(7);
        assertThat(own.getGeneration().getDoSample()).isTrue();
        assertThat(own.getGeneration().getExtra()).containsEntry("num_beams", "2");
        assertThat(own.getRepeats()).isEqualTo(3);
    }
}
