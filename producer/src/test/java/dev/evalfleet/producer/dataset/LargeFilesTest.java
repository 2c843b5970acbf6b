package dev.evalfleet.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of 256 MB are read by a JVM with 96 MB.
class LargeFilesTest {
    private static final int ROWS = 16_384;
    private static final int ROW_BYTES = 16_384;

    @TempDir
    Path work;

    @Test
    void aLargeRowGroupIsReadWithoutHoldingIt() throws Exception {
        assertThat(readBySmallJvm("parquet", Path.of("src/test/resources/datasets/large.parquet")))
                .startsWith(ROWS + " documents, last 16383 ");
    }

    @Test
    void aLargeJsonFileIsReadWithoutHoldingIt() throws Exception {
        Path file = work.resolve("large.jsonl");
        String text = "x".repeat(ROW_BYTES);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int row = 0; row < ROWS; row++) {
                out.write("{\"id\": " + row + ", \"text\": \"" + text + "\"}\n");
            }
        }

        assertThat(readBySmallJvm("json", file)).startsWith(ROWS + " documents, last 16383 xxx");
    }

    private String readBySmallJvm(String loader, Path file) throws IOException, InterruptedException {
        Path printed = work.resolve("printed");
        Process reader = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reader.class.getName(),
                        loader,
                        file.toAbsolutePath().toString(),
                        work.resolve("spool").toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        boolean ended = reader.waitFor(120, TimeUnit.SECONDS);
        reader.destroyForcibly().waitFor();
        assertThat(ended).as("the reader ended").isTrue();
        return Files.readAllLines(printed).getLast();
    }

    /// Reads a file into a spool and prints how many documents there are, and the start of the last.
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) throws Exception {
            Path spool = Path.of(arguments[2]);
            var source = new DatasetSource(
                    arguments[0],
                    null,
                    Map.of("test", List.of(arguments[1])),
                    DataOptions.DEFAULT,
                    spool.toAbsolutePath().getParent(),
                    "t.yaml:1");
            try (var spools = new SpoolStore(spool, DataUnderTest.access(null, spool));
                    SpoolStore.Lease lease = spools.open(source, "test", Long.MAX_VALUE)) {
                int rows = lease.spool().size();
                Map<String, Object> last = lease.spool().at(rows - 1);
                String text = String.valueOf(last.get("text"));
                System.out.println(rows + " documents, last " + last.get("id") + " " + text.substring(0, 40));
            }
        }
    }
}
