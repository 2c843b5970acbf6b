package dev.evalfleet.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.ExitCodes;
import dev.evalfleet.local.embedded.SharedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What is refused once something outside was asked: one clear message, an exit code, no stack trace.
@ExtendWith(SharedBroker.Extension.class)
class BadInputIT {

    @TempDir
    private Path folder;

    @Test
    void anUnreachableRegistryIsToldByItsAddress(SharedBroker broker) {
        refused(ExitCodes.FAILED, "runs", "--bootstrap", broker.bootstrapServers(), "--registry", "http://127.0.0.1:1")
                .contains("http://127.0.0.1:1");
    }

    @Test
    void aBrokerWithoutAFleetIsToldSo(SharedBroker broker) {
        refused(ExitCodes.FAILED, "runs", "--bootstrap", broker.bootstrapServers(), "--registry", broker.registryUrl())
                .contains("no fleet runs there");
    }

    @Test
    void aModelServerThatDoesNotAnswerIsToldBeforeAnythingStarts() {
        refused(ExitCodes.FAILED, "submit", "--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--tasks", "skills")
                .contains("http://127.0.0.1:1", "is the model server running?");
    }

    @Test
    void aModelTheServerDoesNotKnowIsTold() throws IOException {
        try (FakeModelServer server = FakeModelServer.serving("other-model")) {
            refused(ExitCodes.FAILED, "submit", "--base-url", server.url(), "--model", "m", "--tasks", "skills")
                    .contains("m", "other-model");
        }
    }

    @Test
    void anEndpointForChatsOnlyIsRefusedForLogLikelihoodsWithTheReason() throws IOException {
        try (FakeModelServer server = FakeModelServer.serving("m")) {
            CommandRun run = CommandRun.of(
                    "submit", "--base-url", server.url(), "--model", "m", "--tasks", "skills_compare", "--limit", "5");

            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.out())
                    .contains("5 of 5 samples failed for reasons outside the model (unsupported 5)")
                    .contains(
                            "unsupported, 5 of them: " + server.url() + " answers chats but has no /completions (404)")
                    .contains("which multiple-choice, log-likelihood and perplexity tasks need");
        }
    }

    @Test
    void aPortInUseIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused(ExitCodes.FAILED, "up", "--broker-port", "" + taken.getLocalPort(), "--model", "m=scripted")
                    .contains("" + taken.getLocalPort(), "in use");
        }
    }

    @Test
    void anUnknownTaskOrModelIsToldByADryRun() {
        refused(ExitCodes.FAILED, "submit", "--tasks", "skils", "--models", "m", "--dry-run")
                .contains("skils", "did you mean skills?");
    }

    @Test
    void aNullWhereTheTemplateNeedsAValueIsToldWithItsPlace() throws IOException {
        Files.writeString(
                folder.resolve("data.jsonl"), "{\"q\": \"1+1\", \"a\": \"2\"}\n{\"q\": null, \"a\": \"3\"}\n");
        Files.writeString(
                folder.resolve("mine.yaml"),
                """
                task: mine
                dataset_path: json
                dataset_kwargs: {data_files: {test: data.jsonl}}
                test_split: test
                output_type: generate_until
                doc_to_text: "{{q}}="
                doc_to_target: "{{a}}"
                metric_list: [{metric: exact_match}]
                """);

        CommandRun run =
                CommandRun.of("tasks", "validate", folder.resolve("mine.yaml").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out()).contains("BROKEN  mine", "data.jsonl:2", "null");
    }

    @Test
    void aBrokenTaskFileIsToldWithItsLine() throws IOException {
        Files.writeString(folder.resolve("mine.yaml"), "task: mine\nmetric_list: [exact_match\ndoc_to_text: x\n");

        CommandRun run =
                CommandRun.of("tasks", "validate", folder.resolve("mine.yaml").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out()).contains("mine.yaml:3");
    }

    @Test
    void aProcessWithASettingItDoesNotKnowDoesNotStart(SharedBroker broker) throws IOException {
        Path config = Files.writeString(
                folder.resolve("worker.yaml"), "worker:\n  pol: small\n  models: [{name: m, backend: scripted}]\n");

        refused(ExitCodes.USAGE, "worker", "--config", config.toString())
                .contains("worker.pool is required", "worker.pol (worker.yaml:2) is not a setting; did you mean pool?");
    }

    private static AbstractStringAssert<?> refused(int exitCode, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        return assertThat(run.err()).contains("evalfleet: ").doesNotContain("\tat ", "Exception");
    }
}
