package dev.evalfleet.local.report;

import dev.evalfleet.local.report.Report.Figure;
import dev.evalfleet.local.report.Report.Run;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.local.view.VerdictText;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The table of a request with gates: what was decided of each run, on how much evidence, and what that saved. Only
/// figures that hold at every moment are in it: ordinary errors and p-values do not survive an early stop.
final class VerdictTable {

    private static final String AT_STOP = "*";

    private VerdictTable() {}

    static Table of(Report report) {
        Table table = new Table(
                "task",
                "model",
                "metric",
                ">score",
                ">vs base",
                "interval",
                "verdict",
                ">after n of N",
                ">e-value",
                ">saved");
        String task = "";
        for (Run run : report.runs()) {
            if (!task.isEmpty() && !task.equals(run.plan().getTask())) {
                table.space();
            }
            task = run.plan().getTask();
            rows(run, table);
        }
        return table;
    }

    /// What the columns mean, for who sees them for the first time.
    static void explain(Report report, PrintWriter out) {
        double alpha = report.runs().stream()
                .map(run -> run.plan().getGates())
                .filter(Objects::nonNull)
                .mapToDouble(Gates::getAlpha)
                .findFirst()
                .orElse(0.05);
        out.println(String.format(
                Locale.ROOT,
                "A verdict says what all N samples will show; it is wrong in at most %.0f %% of runs, however often one looks."
                        + "%nThe e-value is the evidence for it. The interval, valid at every moment, is that of the"
                        + " difference to the baseline, or of the score.",
                alpha * 100));
        if (report.runs().stream().anyMatch(Run::isStoppedEarly)) {
            out.println(AT_STOP + " as it stood at the stop, which leans towards the verdict.");
        }
    }

    private static void rows(Run run, Table table) {
        Verdict verdict = run.state().map(RunState::getVerdict).orElse(null);
        Figure decisive = verdict == null ? null : decisive(run, verdict);
        boolean isFirst = true;
        for (Figure figure : run.figures()) {
            row(run, figure, isFirst, figure.equals(decisive) ? verdict : null, table);
            isFirst = false;
        }
        if (isFirst) {
            table.row(run.plan().getTask(), run.model(), "-", "-", "", "", VerdictText.word(verdict), "", "", "");
        }
    }

    private static @Nullable Figure decisive(Run run, Verdict verdict) {
        return run.figures().stream()
                .filter(figure -> figure.metric().getMetric().equals(verdict.getMetric()))
                .findFirst()
                .orElse(run.figures().isEmpty() ? null : run.figures().getFirst());
    }

    private static void row(Run run, Figure figure, boolean isFirst, @Nullable Verdict verdict, Table table) {
        Metric metric = figure.metric();
        boolean isBaseline = run.plan().getRole() == RunRole.BASELINE;
        long saved = run.state().map(RunState::getSaved).orElse(0L);
        table.row(
                isFirst ? run.plan().getTask() : "",
                isFirst ? run.model() : "",
                figure.name(),
                Show.score(metric.getValue()) + (run.isStoppedEarly() ? AT_STOP : ""),
                isBaseline
                        ? "baseline"
                        : figure.paired()
                                .map(paired -> Show.difference(paired.getDifference()))
                                .orElse(""),
                interval(figure, verdict),
                VerdictText.word(verdict),
                verdict == null ? "" : Show.count(verdict.getN()) + " of " + Show.count(verdict.getExpected()),
                verdict == null ? "" : eValue(verdict),
                isFirst && saved > 0 ? Show.count(saved) : "");
    }

    private static String interval(Figure figure, @Nullable Verdict verdict) {
        if (verdict != null && verdict.getLower() != null && verdict.getUpper() != null) {
            return VerdictText.interval(verdict.getLower(), verdict.getUpper());
        }
        PairedMetric paired = figure.metric().getPaired();
        Double lower = paired == null ? figure.metric().getLower() : paired.getLower();
        Double upper = paired == null ? figure.metric().getUpper() : paired.getUpper();
        return lower == null || upper == null ? "" : VerdictText.interval(lower, upper);
    }

    // Without a number the values left no other end.
    private static String eValue(Verdict verdict) {
        boolean isCertain = verdict.getOutcome() == VerdictOutcome.FAIL || verdict.getOutcome() == VerdictOutcome.PASS;
        Double evidence = verdict.getEValue();
        return evidence == null
                ? (isCertain ? VerdictText.eValue(Double.POSITIVE_INFINITY) : "")
                : VerdictText.eValue(evidence);
    }
}
