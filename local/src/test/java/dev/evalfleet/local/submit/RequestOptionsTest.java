package dev.evalfleet.local.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.StopEarly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RequestOptionsTest {

    @TempDir
    private Path folder;

    @Command
    private static final class Holder {
        @Mixin
        private RequestOptions options = new RequestOptions();
    }

    @Test
    void flagsMakeARequest() {
        EvalRequest request = request(
                "--tasks", "a,b", "--models", "x,y", "--baseline", "x", "--limit", "0.1", "--label", "k=v", "--chat");

        assertThat(request.getTasks()).containsExactly("a", "b");
        assertThat(request.getBaseline().getKind()).isEqualTo(BaselineKind.MODEL);
        assertThat(request.getLimit()).isEqualTo(0.1);
        assertThat(request.getLabels()).isEqualTo(Map.of("k", "v"));
        assertThat(request.getChat()).isTrue();
        assertThat(request.getRequestId()).matches("\\d{8}-\\d{6}-[0-9a-f]{4}");
    }

    @Test
    void flagsWinOverTheFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("request.yaml"), "tasks: [a]\nmodels: [x]\nlimit: 5\nlabels: {k: 1, l: 2}\n");

        EvalRequest request = request("--file", file.toString(), "--limit", "7", "--label", "k=v");

        assertThat(request.getLimit()).isEqualTo(7.0);
        assertThat(request.getTasks()).containsExactly("a");
        assertThat(request.getLabels()).isEqualTo(Map.of("k", "v", "l", "2"));
    }

    @Test
    void flagsAddToTheGatesOfTheFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("gated.yaml"),
                "tasks: [a]\nmodels: [x]\ngates: {min: {acc: 0.5}, alpha: 0.1, stopEarly: on-verdict}\n");

        Gates gates = request(
                        "--file", file.toString(),
                        "--min", "exact_match=0.65",
                        "--max-regression", "exact_match=0.02",
                        "--alpha", "0.01",
                        "--primary-metric", "acc",
                        "--gate-slices", "borrow,carry")
                .getGates();

        assertThat(gates.getMin()).isEqualTo(Map.of("acc", 0.5, "exact_match", 0.65));
        assertThat(gates.getMaxRegression()).isEqualTo(Map.of("exact_match", 0.02));
        assertThat(gates.getAlpha()).isEqualTo(0.01);
        assertThat(gates.getPrimaryMetric()).isEqualTo("acc");
        assertThat(gates.getSlices()).containsExactly("borrow", "carry");
        assertThat(gates.getStopEarly()).isEqualTo(StopEarly.ON_VERDICT);
        assertThat(request("--tasks", "a", "--models", "x", "--stop-early", "on-fail")
                        .getGates()
                        .getStopEarly())
                .isEqualTo(StopEarly.ON_FAIL);
        assertThat(request("--tasks", "a", "--models", "x").getGates()).isNull();
    }

    @Test
    void aRequestWithoutModelsIsRefused() {
        assertThatThrownBy(() -> request("--tasks", "a"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("--models");
    }

    @Test
    void generationArgumentsAreReadAsTheHarnessReadsThem() {
        assertThat(GenerationArguments.parse("temperature=0.7,do_sample=True,until=STOP"))
                .isEqualTo(Map.of("temperature", "0.7", "do_sample", "true", "until", "\"STOP\""));
        assertThat(GenerationArguments.parse("{\"until\": [\"a\", \"b\"]}"))
                .isEqualTo(Map.of("until", "[\"a\",\"b\"]"));
        assertThatThrownBy(() -> GenerationArguments.parse("hot"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("\"hot\"");
    }

    private static EvalRequest request(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.options.request();
    }
}
