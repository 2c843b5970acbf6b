package dev.evalfleet.local.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DownloadBarTest {

    @Test
    void aDownloadIsDrawnOverItselfAndKeepsItsLastLine() {
        var drawn = new ByteArrayOutputStream();
        var bar = new DownloadBar(new PrintStream(drawn, true, StandardCharsets.UTF_8));

        bar.at("google/boolq/default/validation/0000.parquet", 0, 2_000_000);
        bar.at("google/boolq/default/validation/0000.parquet", 2_000_000, 2_000_000);

        assertThat(drawn.toString(StandardCharsets.UTF_8))
                .startsWith("\r")
                .contains("0000.parquet ░░░░░░░░░░░░░░░░░░░░░░░░ 0.0 MB of 2.0 MB")
                .endsWith("████████████████████████ 2.0 MB of 2.0 MB\n");
        assertThat(DownloadBar.line("data.jsonl", 1_500_000, -1)).isEqualTo("data.jsonl 1.5 MB");
    }
}
