package dev.evalfleet.worker.inference.djl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.worker.inference.BackendException;
import dev.evalfleet.worker.inference.djl.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CausalModelTest {

    private final Path folder;

    CausalModelTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static CausalModel open(Path path) throws BackendException {
        return CausalModel.open(ModelFolder.at(path), OptionalInt.empty(), 1, null);
    }

    private void copyOf(String name) throws IOException {
        try (var files = Files.list(TestModels.made(name))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private static long[] tokens(int count, int salt) {
        return IntStream.range(0, count)
                .mapToLong(i -> 4 + (i * 31L + salt) % 90)
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"cached, true, true", "half, true, true", "plain, false, true", "absolute, true, false"})
    void theSelfCheckFindsOutWhatAGraphCanDo(String name, boolean caches, boolean pads) throws Exception {
        try (CausalModel model = open(TestModels.made(name))) {
            assertThat(model.caches()).isEqualTo(caches);
            assertThat(model.pads()).isEqualTo(pads);
            assertThat(model.vocabulary()).isEqualTo(100);
            assertThat(model.config().maxContext()).isEqualTo(64);
        }
    }

    @Test
    void stepsWithTheCacheGiveWhatAllAtOnceDoes() throws Exception {
        try (CausalModel model = open(TestModels.made("cached"));
                CausalModel plain = open(TestModels.made("plain"))) {
            long[][] rows = {tokens(20, 1), tokens(20, 2)};
            try (Prefix one = model.start(new int[2]);
                    Prefix many = model.start(new int[2]);
                    Prefix uncached = plain.start(new int[2])) {
                Logits whole = one.feed(rows, 0, 20);
                many.absorb(rows, 0, 7);
                uncached.absorb(rows, 0, 7);
                for (int column = 7; column < 20; column++) {
                    float[] step = many.feed(rows, column, column + 1).at(1, 0);
                    float[] again = uncached.feed(rows, column, column + 1).at(1, 0);
                    assertThat(step).containsExactly(whole.at(1, column), within(1e-3f));
                    assertThat(again).containsExactly(whole.at(1, column), within(1e-3f));
                }
            }
        }
    }

    @Test
    void rowsCanLeaveABatchAndTheOthersGoOn() throws Exception {
        try (CausalModel model = open(TestModels.made("cached"))) {
            long[] row = tokens(12, 3);
            long[][] padded = {tokens(15, 1), new long[15], tokens(15, 2)};
            System.arraycopy(row, 0, padded[1], 3, 12);
            try (Prefix alone = model.start(new int[1]);
                    Prefix batch = model.start(new int[] {0, 3, 0})) {
                Logits expected = alone.feed(new long[][] {row}, 0, 12);
                batch.absorb(padded, 0, 10);
                batch.keep(new int[] {1});
                Logits actual = batch.feed(new long[][] {padded[1]}, 10, 15);
                assertThat(actual.at(0, 4)).containsExactly(expected.at(0, 11), within(1e-3f));
            }
        }
    }

    @Test
    void nativeMemoryStaysFlatOverManySteps() throws Exception {
        try (CausalModel model = open(TestModels.made("cached"))) {
            steps(model, 1200);
            long resident = residentBytes();

            steps(model, 3000);

            assertThat(model.arrays()).isZero();
            // Caches that are never closed would take 700 MB here; the heap's own growth is in the figure.
            assertThat(residentBytes() - resident).isLessThan(250L << 20);
        }
    }

    // Batches of 64 rows, with rows that leave.
    private static void steps(CausalModel model, int steps) {
        long[][] rows = IntStream.range(0, 64).mapToObj(i -> tokens(60, i)).toArray(long[][]::new);
        for (int done = 0; done < steps; done += 60) {
            try (Prefix prefix = model.start(new int[64])) {
                for (int column = 0; column < 60; column++) {
                    if (column == 50) {
                        prefix.keep(IntStream.range(0, 64).toArray());
                    }
                    prefix.feed(rows, column, column + 1);
                }
            }
        }
    }

    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    @Test
    void tokensThatTheModelDoesNotKnowNeverReachIt() throws Exception {
        try (CausalModel model = open(TestModels.made("cached"));
                Prefix prefix = model.start(new int[1])) {
            assertThatThrownBy(() -> prefix.feed(new long[][] {{5, 100}}, 0, 2))
                    .hasMessage("token 100, the model knows 0 to 99");
            assertThatThrownBy(() -> prefix.feed(new long[1][65], 0, 65)).hasMessage("65 tokens, the model can see 64");
        }
    }

    @Test
    void missingFilesAreAllNamed() throws Exception {
        Files.createFile(folder.resolve("config.json"));

        assertThatThrownBy(() -> open(folder))
                .hasMessageContaining("has no model.onnx, no tokenizer.json; export one with `optimum-cli");
        assertThatThrownBy(() -> open(folder.resolve("nowhere")))
                .hasMessageContaining("nowhere does not exist: path must name the folder of an ONNX export");
        assertThatThrownBy(() -> open(folder.resolve("config.json"))).hasMessageContaining("is not a folder");
    }

    @Test
    void aFileCutShortIsNamed() throws Exception {
        copyOf("cached");
        byte[] graph = Files.readAllBytes(folder.resolve("model.onnx"));
        Files.write(folder.resolve("model.onnx"), java.util.Arrays.copyOf(graph, graph.length / 2));

        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("model.onnx cannot be loaded")
                .hasMessageContaining("is the file complete?");
    }

    @Test
    void brokenJsonIsNamedWithItsLine() throws Exception {
        copyOf("cached");
        Files.writeString(folder.resolve("config.json"), "{\n  \"hidden_size\": 8,\n  oops\n}");

        assertThatThrownBy(() -> open(folder)).hasMessageContaining("config.json:3: not JSON");
        Files.writeString(folder.resolve("tokenizer.json"), "no tokenizer");
        assertThatThrownBy(() -> open(folder)).hasMessageContaining("tokenizer.json is not a tokenizer");
    }

    @Test
    void aConfigThatDoesNotFitTheGraphIsNamed() throws Exception {
        copyOf("cached");
        Files.writeString(
                folder.resolve("config.json"), "{\"num_attention_heads\": 3, \"head_dim\": 5, \"n_ctx\": 64}");

        assertThatThrownBy(() -> open(folder))
                .hasMessageContaining("does not take what")
                .hasMessageContaining("3 cached heads of 5");
        Files.writeString(folder.resolve("config.json"), "{}");
        assertThatThrownBy(() -> open(folder)).hasMessageContaining("does not say how many heads");
    }

    @Test
    void moreContextThanTheModelHasIsRefused() {
        assertThatThrownBy(
                        () -> CausalModel.open(ModelFolder.at(TestModels.made("cached")), OptionalInt.empty(), 1, 65))
                .hasMessageContaining("max-context 65 is more than the 64 tokens");
    }

    @Test
    void aGpuThatIsNotThereIsNamed() {
        assertThatThrownBy(
                        () -> CausalModel.open(ModelFolder.at(TestModels.made("cached")), OptionalInt.of(0), 1, null))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("device gpu:0 cannot be used");
    }
}
