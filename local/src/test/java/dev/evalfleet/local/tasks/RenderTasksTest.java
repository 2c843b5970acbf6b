package dev.evalfleet.local.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderTasksTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void aTaskAndDocuments() throws IOException {
        Files.writeString(
                folder.resolve("capitals.yaml"),
                """
                task: capitals
                dataset_path: somewhere/capitals
                output_type: multiple_choice
                test_split: test
                fewshot_split: dev
                doc_to_text: "{{question}}"
                doc_to_choice: "{{choices}}"
                doc_to_target: answer
                """);
        Files.writeString(
                folder.resolve("test.jsonl"),
                """
                {"question": "Capital of Perú?", "choices": ["Lima", "Cusco"], "answer": 0}
                {"question": "Capital of Peru's \\"neighbour\\" Chile?", "choices": ["Arica", "Santiago"], "answer": 1}
                """);
        Files.writeString(
                folder.resolve("dev.jsonl"),
                """
                {"question": "Capital of France?", "choices": ["Paris", "Lyon"], "answer": 0}
                """);
    }

    @Test
    void aDocumentIsPrintedAsLmEvalLogsIt() {
        CommandRun run = render("--data", data("test"), "--limit", "1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        "{\"doc_id\": 0, \"doc\": {\"question\": \"Capital of Perú?\", \"choices\": [\"Lima\", \"Cusco\"],"
                                + " \"answer\": 0}, \"target\": \"0\", \"arguments\": {\"gen_args_0\": {\"arg_0\": \"Capital of"
                                + " Perú?\", \"arg_1\": \" Lima\"}, \"gen_args_1\": {\"arg_0\": \"Capital of Perú?\", \"arg_1\": \""
                                + " Cusco\"}},"
                                + " \"doc_hash\": \"7f0a1b4971245f7d74589ebda8a7a0888cbdde59d2dd429219f2b57abdf3fb0d\","
                                + " \"prompt_hash\": \"3f3cc7b032227a124c714a09832f8b5ff14ad85a83fe9f1af730f6f597419d82\","
                                + " \"target_hash\": \"5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9\"}\n");
    }

    @Test
    void examplesComeFromTheFileOfTheirSplit() {
        CommandRun run = render("--data", data("test"), "--data", "dev=" + data("dev"), "--num-fewshot", "1");

        assertThat(run.out().lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("{\"arg_0\": \"Capital of France? Paris\\n\\nCapital of"));
    }

    @Test
    void aChatIsPrintedAsItsMessages() {
        CommandRun run = render("--data", data("test"), "--chat", "--system-instruction", "Be brief.", "--limit", "1");

        assertThat(run.out())
                .contains("{\"arg_0\": [\"[{\\\"role\\\": \\\"system\\\", \\\"content\\\": \\\"Be brief.\\\"}");
    }

    @Test
    void aFileForATaskCanBeWritten() {
        render("--data", data("test"), "--output", folder.resolve("out").toString());

        assertThat(folder.resolve("out/samples_capitals.jsonl")).content().hasLineCount(2);
    }

    @Test
    void aDocumentThatDoesNotFitIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("other.jsonl"), "{\"query\": \"?\"}\n");

        CommandRun run = render("--data", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("other.jsonl:1", "is undefined");
    }

    @Test
    void aMissingFileIsAMistakeOfTheCall() {
        CommandRun run = render("--data", "none.jsonl");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--data none.jsonl: there is no file");
    }

    private String data(String name) {
        return folder.resolve(name + ".jsonl").toString();
    }

    private CommandRun render(String... more) {
        var arguments = new java.util.ArrayList<>(
                java.util.List.of("tasks", "render", "--task", "capitals", "--tasks-dir", folder.toString()));
        arguments.addAll(java.util.List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
