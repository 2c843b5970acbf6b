package dev.evalfleet.local.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ViewsTest {

    @Test
    void aBarGrowsByEighths() {
        assertThat(ProgressBar.of(0, 100, 4)).isEqualTo("░░░░");
        assertThat(ProgressBar.of(50, 100, 4)).isEqualTo("██░░");
        assertThat(ProgressBar.of(55, 100, 4)).isEqualTo("██▏░");
        assertThat(ProgressBar.of(100, 100, 4)).isEqualTo("████");
        assertThat(ProgressBar.of(101, 100, 4)).isEqualTo("████");
        assertThat(ProgressBar.of(0, 0, 4)).isEqualTo("░░░░");
    }

    @Test
    void throughputIsThatOfTheLastSeconds() {
        Throughput throughput = new Throughput();
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(throughput.perSecond(start)).isZero();

        throughput.at(start, 0);
        throughput.at(start.plusSeconds(2), 100);

        assertThat(throughput.perSecond(start.plusSeconds(2))).isEqualTo(50);
    }

    @Test
    void figuresAreWrittenForPeople() {
        assertThat(Show.score(null)).isEqualTo("-");
        assertThat(Show.difference(0.5)).isEqualTo("+0.5000");
        assertThat(Show.probability(3.2e-9)).isEqualTo("3e-09");
        assertThat(Show.probability(1.0)).isEqualTo("1.000");
        assertThat(Show.millis(3.14159)).isEqualTo("3.1 ms");
        assertThat(Show.millis(12_345.0)).isEqualTo("12.3 s");
        assertThat(Show.duration(Duration.ofSeconds(75))).isEqualTo("1:15");
        assertThat(Show.duration(Duration.ofMinutes(75))).isEqualTo("1h15");
    }

    @Test
    void aTableAlignsNumbersToTheRight() {
        StringWriter text = new StringWriter();
        new Table("task", ">n").row("add", "7").space().row("subtract", "1,000").print(new PrintWriter(text));

        assertThat(text.toString())
                .isEqualToNormalizingNewlines(
                        """
                        task          n
                        --------  -----
                        add           7

                        subtract  1,000
                        """);
    }
}
