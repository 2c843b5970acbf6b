package dev.evalfleet.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.schemas.BaselineWord;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.StopEarly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestFileTest {

    @TempDir
    private Path folder;

    @Test
    void everyFieldOfARequestCanBeWritten() throws IOException {
        EvalRequest request = read(
                """
                requestId: nightly-7
                tasks: [skills, gsm8k]
                inlineTasks:
                  mine: |
                    task: mine
                  other:
                    task: other
                    num_fewshot: 2
                models: [a, b]
                variants:
                  - {name: terse, systemInstruction: Be brief., generation: {temperature: 0.5, stop: ["."]}}
                baseline: a
                gates:
                  min: {exact_match: 0.65}
                  maxRegression: {exact_match: 0.02}
                  alpha: 0.1
                  primaryMetric: exact_match
                  slices: [digits]
                  stopEarly: on-fail
                limits: {maxCost: 2.5, maxTokens: 100000, maxWallTimeMs: 60000}
                limit: 0.5
                numFewshot: 5
                fewshotSeed: 7
                seed: 8
                repeats: 3
                priority: 2
                chat: true
                fewshotAsMultiturn: true
                systemInstruction: You are a calculator.
                generation: {temperature: 0}
                capture: hash
                labels: {team: search, ticket: 17}
                submittedBy: ci
                """);

        assertThat(request.getInlineTasks()).containsEntry("mine", "task: mine\n");
        assertThat(request.getInlineTasks().get("other")).contains("num_fewshot: 2");
        assertThat(request.getBaseline()).isEqualTo(new Baseline(BaselineKind.MODEL, "a"));
        assertThat(request.getVariants().getFirst().getGeneration())
                .isEqualTo(Map.of("temperature", "0.5", "stop", "[\".\"]"));
        assertThat(request.getGates().getStopEarly()).isEqualTo(StopEarly.ON_FAIL);
        assertThat(request.getLimits().getMaxTokens()).isEqualTo(100_000);
        assertThat(request.getCapture()).isEqualTo(Capture.HASH);
        assertThat(request.getLabels()).isEqualTo(Map.of("team", "search", "ticket", "17"));
        assertThat(fieldsLeftAtTheirDefault(request))
                .containsExactly("retry", "submittedAt"); // retry has its own command
    }

    @Test
    void aRequestCanBeJson() throws IOException {
        EvalRequest request = read("{\"tasks\": [\"skills\"], \"models\": \"a\", \"limit\": 10}");

        assertThat(request.getTasks()).containsExactly("skills");
        assertThat(request.getModels()).containsExactly("a");
        assertThat(request.getLimit()).isEqualTo(10.0);
    }

    @Test
    void everyProblemIsToldWithItsLine() {
        assertThatThrownBy(
                        () -> read(
                                """
                        tasks: [skills]
                        modles: [a]
                        limit: many
                        gates:
                          stopEarly: sometimes
                          max_regression: {acc: 0.1}
                        labels: [x]
                        """))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("request.yaml:2 modles: is not a field of a request; did you mean models?")
                .hasMessageContaining("request.yaml:3 limit: must be a number, but is \"many\"")
                .hasMessageContaining(
                        "request.yaml:5 gates.stopEarly: must be one of never, on-fail, on-verdict, but is \"sometimes\"")
                .hasMessageContaining(
                        "request.yaml:6 gates.max_regression: is not a field of a request; did you mean maxRegression?")
                .hasMessageContaining("request.yaml:7 labels: must be a mapping (name: value), but is a list");
    }

    @Test
    void aNumberThatDoesNotFitIsAProblemAndNotACrash() {
        assertThatThrownBy(() -> read("repeats: 99999999999\n"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("request.yaml:1 repeats");
    }

    @Test
    void brokenYamlIsToldWithLineAndColumn() {
        assertThatThrownBy(() -> read("tasks: [skills\nmodels: [a]\n"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("request.yaml:2:")
                .hasMessageContaining("is not valid YAML");
    }

    @Test
    void aMissingFileIsToldByItsPath() {
        assertThatThrownBy(() -> RequestFile.readInto(EvalRequest.newBuilder(), folder.resolve("none.yaml")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("no such file");
    }

    @Test
    void aJsonFileMayHaveTabsAndTheBaselineAsInTheRecord() throws IOException {
        EvalRequest request =
                read("{\n\t\"tasks\": [\"skills\"],\n\t\"baseline\": {\"kind\": \"RUN\", \"value\": \"r/t/m\"}\n}\n");

        assertThat(request.getTasks()).containsExactly("skills");
        assertThat(request.getBaseline()).isEqualTo(new Baseline(BaselineKind.RUN, "r/t/m"));
    }

    @Test
    void aBaselineIsAModelOfTheRequestOrARunOrAName() {
        assertThat(BaselineWord.of("a", List.of("a", "b")).getKind()).isEqualTo(BaselineKind.MODEL);
        assertThat(BaselineWord.of("r1/skills/a", List.of("a")).getKind()).isEqualTo(BaselineKind.RUN);
        assertThat(BaselineWord.of("production", List.of("a")).getKind()).isEqualTo(BaselineKind.NAME);
    }

    private EvalRequest read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("request.yaml"), text);
        EvalRequest.Builder request = EvalRequest.newBuilder()
                .setRequestId("")
                .setTasks(new ArrayList<>())
                .setModels(new ArrayList<>());
        RequestFile.readInto(request, file);
        return request.build();
    }

    /// Guards against a field that is added to the schema and forgotten in the file.
    private static List<String> fieldsLeftAtTheirDefault(EvalRequest request) {
        EvalRequest empty = EvalRequest.newBuilder()
                .setRequestId("")
                .setTasks(List.of())
                .setModels(List.of())
                .build();
        return request.getSchema().getFields().stream()
                .filter(field -> java.util.Objects.equals(request.get(field.pos()), empty.get(field.pos())))
                .map(Schema.Field::name)
                .toList();
    }
}
