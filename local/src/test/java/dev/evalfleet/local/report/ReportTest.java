package dev.evalfleet.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.client.Pictures;
import dev.evalfleet.local.report.Report.Figure;
import dev.evalfleet.local.report.Report.Mark;
import dev.evalfleet.local.view.ProgressView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Pictures fleet = new Pictures("r1");

    @Test
    void aSignificantLossIsMarkedAndToldInASentence() {
        fleet.baseline("subtract", "v1", 0.9)
                .candidate("subtract", "v2", 0.4, 1e-20)
                .candidate("subtract", "v3", 0.91, 0.8);

        String text = text();

        assertThat(text).containsPattern("v2 .* -0\\.5000 +▼ WORSE +1e-20");
        assertThat(text).containsPattern("v3 .* \\+0\\.0100 +0\\.800");
        assertThat(text).contains("▼ subtract: exact_match of v2 went from 0.9000 to 0.4000 against the baseline");
    }

    @Test
    void pValuesAreAdjustedForTheNumberOfComparisons() {
        fleet.baseline("a", "v1", 0.9).candidate("a", "v2", 0.8, 0.03);
        assertThat(report().regressions()).hasSize(1);

        fleet.baseline("b", "v1", 0.9).candidate("b", "v2", 0.9, 0.9);
        assertThat(report().regressions())
                .as("0.03 x 2 is no longer below 0.05")
                .isEmpty();
    }

    @Test
    void aGainIsNoRegression() {
        fleet.baseline("a", "v1", 0.5).candidate("a", "v2", 0.9, 1e-9);

        assertThat(report().regressions()).isEmpty();
        assertThat(report().runs().getLast().figures()).extracting(Figure::mark).containsExactly(Mark.BETTER);
    }

    @Test
    void theBaselineOfATaskStandsFirst() {
        fleet.candidate("a", "v2", 0.5, 1.0).baseline("a", "v1", 0.5);

        assertThat(report().runs()).extracting(run -> run.plan().getModel()).containsExactly("v1", "v2");
    }

    @Test
    void theSlicesThatAreWorseAreNamedOnceTheRunIsOver() {
        fleet.baseline("a", "v1", 0.9)
                .candidate("a", "v2", 0.8, 0.001)
                .slice("a", "v2", "level=easy", 0.02, 0.001, 0.3)
                .slice("a", "v2", "level=hard", -0.2, 0.001, 90)
                .slice("a", "v2", "level=mid", -0.1, 0.02, 31);

        assertThat(text())
                .contains(
                        "a on v2: worse on 2 of 3 slices: level=hard, level=mid (Benjamini-Hochberg on McNemar's mid-p,"
                                + " false discovery rate 0.05)");

        fleet.stopped("a", "v2");

        assertThat(text())
                .as("p-values do not survive a stop, e-values do")
                .contains("a on v2: worse on 2 of 3 slices: level=hard, level=mid (e-BH at the stop");
        assertThat(ReportJson.of(report())).contains("\"worse\" : [ \"level=hard\", \"level=mid\" ]");
    }

    @Test
    void whySamplesFailedIsToldWithWhatTheFirstOfThemSays() {
        fleet.failed("a", "v1", "unsupported", "answers chats\nbut has \u001b[31mno /completions");

        assertThat(text())
                .contains("a on v1: incomplete; 50 of 100 scored, 0 failed by the model, 50 by the machinery")
                .contains("    unsupported, 50 of them: answers chats but has [31mno /completions");
        assertThat(ReportJson.of(report())).contains("\"code\" : \"unsupported\"", "\"count\" : 50");
    }

    @Test
    void machinesGetTheSameFigures() {
        fleet.baseline("a", "v1", 0.5).candidate("a", "v2", 0.4, 0.25);

        assertThat(ReportJson.of(report()))
                .contains(
                        "\"requestId\" : \"r1\"", "\"value\" : 0.4", "\"mcnemarP\" : 0.25", "\"role\" : \"baseline\"");
    }

    @Test
    void progressShowsEveryRunWithItsFigures() {
        fleet.running("a", "v1", 30, 100).running("a", "v2", 10, 100);
        ProgressView view = new ProgressView(fleet.picture(), "r1");

        String lines = String.join(
                "\n",
                view.lines(120, 20, Instant.now()).stream()
                        .map(Object::toString)
                        .toList());

        assertThat(lines).contains("a  v1", "30/100", "10/100", "0 failed", "40/200 samples, 0 of 2 runs done");
    }

    @Test
    void onASmallTerminalWhatIsOverGivesWay() {
        fleet.baseline("a", "v1", 0.5).baseline("b", "v1", 0.5).running("c", "v1", 1, 100);
        ProgressView view = new ProgressView(fleet.picture(), "r1");

        assertThat(view.lines(120, 3, Instant.now()))
                .hasSize(2)
                .first()
                .asString()
                .contains("c  v1");
    }

    private Report report() {
        return Report.of(fleet.picture(), "r1");
    }

    private String text() {
        StringWriter text = new StringWriter();
        ReportText.print(report(), new PrintWriter(text));
        return text.toString();
    }
}
