package dev.evalfleet.producer.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.yaml.YamlReader;
import dev.evalfleet.schemas.avro.FilterStep;
import dev.evalfleet.schemas.avro.RequestType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskReaderTest {
    private static final String TASK =
            """
            task: t
            dataset_path: json
            test_split: test
            doc_to_text: "{{q}}"
            doc_to_target: a
            """;

    private static TaskReader.Outcome read(String yaml) {
        return TaskReader.read(YamlReader.parse(yaml, "t.yaml"), Path.of("/tasks"));
    }

    private static TaskDefinition task(String more) {
        return switch (read(TASK + more)) {
            case TaskReader.Outcome.Read(var task) -> task;
            case TaskReader.Outcome.Refused(var problems) -> throw new AssertionError(problems);
        };
    }

    private static List<String> problems(String yaml) {
        return switch (read(yaml)) {
            case TaskReader.Outcome.Read _ -> List.of();
            case TaskReader.Outcome.Refused(var problems) ->
                problems.stream().map(p -> p.getWhere() + ": " + p.getMessage()).toList();
        };
    }

    @Test
    void theDefaultsAreThoseOfTheHarness() {
        TaskDefinition task = task("");

        assertThat(task.requestType()).isEqualTo(RequestType.GENERATE_UNTIL);
        assertThat(task.targetDelimiter()).isEqualTo(" ");
        assertThat(task.fewshotDelimiter()).isEqualTo("\n\n");
        assertThat(task.numFewshot()).isNull();
        assertThat(task.repeats()).isEqualTo(1);
        assertThat(task.generation())
                .isEqualTo(
                        Map.of("until", List.of("\n\n"), "do_sample", false, "temperature", 0.0, "max_gen_toks", 256L));
        assertThat(task.metrics().stream().map(TaskDefinition.MetricSettings::name))
                .containsExactly("exact_match");
        assertThat(task.filters()).singleElement().satisfies(filter -> {
            assertThat(filter.getName()).isEqualTo("none");
            assertThat(filter.getSteps().stream().map(FilterStep::getFunction)).containsExactly("take_first");
        });
    }

    @Test
    void optionsOfFiltersAndMetricsAreKept() {
        TaskDefinition task = task(
                """
                filter_list:
                  - name: number
                    filter:
                      - function: regex
                        regex_pattern: "(\\\\d+)"
                        group_select: -1
                      - function: take_first
                metric_list:
                  - metric: exact_match
                    aggregation: mean
                    ignore_case: true
                    regexes_to_ignore: [","]
                """);

        assertThat(task.filters().getFirst().getSteps().getFirst().getArguments())
                .isEqualTo("{\"regex_pattern\":\"(\\\\d+)\",\"group_select\":-1}");
        assertThat(task.metrics().getFirst().arguments())
                .isEqualTo("{\"ignore_case\":true,\"regexes_to_ignore\":[\",\"]}");
    }

    @Test
    void everyProblemIsNamedWithLineAndKey() {
        assertThat(
                        problems(
                                TASK
                                        + """
                doc_to_txt: x
                num_fewshot: many
                process_docs: !function utils.process_docs
                output_type: chat
                metric_list:
                  - metric: bleurt
                filter_list:
                  - name: f
                    filter:
                      - function: regexp
                      - function: regex
                        regex_pattern: "(["
                description: "{{ broken"
                """))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:6 doc_to_txt: is not a key of a task"))
                .anySatisfy(
                        p -> assertThat(p).startsWith("t.yaml:7 num_fewshot: must be a whole number, but is 'many'"))
                .anySatisfy(p ->
                        assertThat(p).startsWith("t.yaml:8 process_docs: needs the Python function utils.process_docs"))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:9 output_type: is \"chat\""))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:11 metric: \"bleurt\" is not supported"))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:15 function: filter \"regexp\" is not supported"))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:17 regex_pattern: is not a regular expression"))
                .anySatisfy(p -> assertThat(p).startsWith("t.yaml:18 description: template line 1"));
    }

    @Test
    void whatIsNeededAndMissingIsNamed() {
        assertThat(problems("task: t\noutput_type: multiple_choice\n").stream()
                        .map(p -> p.substring(p.indexOf(' ') + 1, p.indexOf(':', 8))))
                .containsExactlyInAnyOrder(
                        "doc_to_text", "doc_to_target", "doc_to_choice", "dataset_path", "test_split");
    }

    @Test
    void ownKeysOfEvalfleetStandInMetadata() {
        TaskDefinition task = task("metadata: {version: 2, slices: [x, y], cluster: z, anything: else}\n");

        assertThat(task.version()).isEqualTo("2");
        assertThat(task.slices()).containsExactly("x", "y");
        assertThat(task.cluster()).isEqualTo("z");
    }
}
