package dev.evalfleet.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.files.DataArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every file gives the rows, the order of columns and the types that Hugging Face's datasets gives
/// (src/test/golden/make_datasets.py).
@SuppressWarnings("NullAway") // what is read here is as its maker writes it
class ReadsAsDatasetsTest {
    private static final Path FILES = Path.of("src", "test", "resources", "datasets");

    @TempDir
    Path work;

    private SpoolStore spools;

    @BeforeEach
    void openSpools() throws IOException {
        spools = new SpoolStore(work.resolve("spool"), DataUnderTest.access(null, work.resolve("cache")));
    }

    @AfterEach
    void closeSpools() {
        spools.close();
    }

    record Golden(String loader, String file, Map<String, Object> arguments, List<?> rows) {
        @Override
        public String toString() {
            return file + (arguments.isEmpty() ? "" : " " + arguments);
        }
    }

    static Stream<Golden> goldens() throws IOException {
        return Files.readAllLines(FILES.resolve("golden.jsonl")).stream().map(line -> {
            try {
                Map<?, ?> golden = (Map<?, ?>) JsonValues.parse(line);
                var arguments = new LinkedHashMap<String, Object>();
                ((Map<?, ?>) golden.get("kwargs")).forEach((key, value) -> arguments.put(key.toString(), value));
                return new Golden((String) golden.get("loader"), (String) golden.get("file"), arguments, (List<?>)
                        golden.get("rows"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static DatasetSource source(String loader, String file, Map<String, Object> arguments) {
        DataOptions options = DataArguments.read(arguments, (key, problem) -> {
            throw new AssertionError(key + " " + problem);
        });
        return new DatasetSource(loader, null, Map.of("train", List.of(file)), options, FILES, "t.yaml:1");
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rowsColumnsAndTypesAreThoseOfDatasets(Golden golden) throws DatasetException {
        List<String> read =
                DataUnderTest.documents(spools, source(golden.loader(), golden.file(), golden.arguments()), "train")
                        .stream()
                        .map(JsonValues::text)
                        .toList();

        assertThat(read)
                .containsExactlyElementsOf(
                        golden.rows().stream().map(JsonValues::text).toList());
    }

    @Test
    void columnsOfBytesAreLeftOut() throws DatasetException {
        assertThat(DataUnderTest.documents(spools, source("parquet", "images.parquet", Map.of()), "train"))
                .containsExactly(Map.of("question", "what?"));
    }

    @Test
    void whatIsNoParquetFileOrHasNoSuchColumnIsSaid() {
        assertThatThrownBy(() -> DataUnderTest.documents(spools, source("parquet", "types.csv", Map.of()), "train"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("Not a Parquet file");
        assertThatThrownBy(() -> DataUnderTest.documents(
                        spools, source("parquet", "arc-none.parquet", Map.of("columns", List.of("answer"))), "train"))
                .hasMessage("there is no column \"answer\"; there are id, question, choices, answerKey");
    }
}
