package dev.evalfleet.local.report;

import dev.evalfleet.local.report.Report.Figure;
import dev.evalfleet.local.report.Report.Mark;
import dev.evalfleet.local.report.Report.Run;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.local.view.VerdictText;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A [Report] for people: a table, and below it what is worth saying in a sentence.
public final class ReportText {

    private ReportText() {}

    public static void print(Report report, PrintWriter out) {
        Table table = report.isJudged() ? VerdictTable.of(report) : figures(report);
        table.print(out);
        out.println();
        report.runs().forEach(run -> remark(run, out));
        conclusions(report, out);
        verdicts(report, out);
        out.flush();
    }

    private static Table figures(Report report) {
        Table table = new Table(
                "task",
                "model",
                "metric",
                ">n",
                ">score",
                ">std.err",
                "95 % interval",
                ">vs baseline",
                "",
                ">McNemar p",
                ">tokens",
                ">p50",
                ">p95");
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

    private static void rows(Run run, Table table) {
        boolean isFirst = true;
        for (Figure figure : run.figures()) {
            row(run, figure, isFirst, table);
            isFirst = false;
        }
        if (isFirst) {
            table.row(run.plan().getTask(), run.model(), "-", "0", "-", "-", "", "", "", "", "-", "-", "-");
        }
    }

    private static void row(Run run, Figure figure, boolean isFirst, Table table) {
        Metric metric = figure.metric();
        Optional<PairedMetric> paired = figure.paired();
        boolean isBaseline = run.plan().getRole() == RunRole.BASELINE;
        long tokens = metric.getUsage().getPromptTokens() + metric.getUsage().getOutputTokens();
        table.row(
                isFirst ? run.plan().getTask() : "",
                isFirst ? run.model() : "",
                figure.name(),
                Show.count(metric.getN()),
                Show.score(metric.getValue()),
                Show.score(figure.standardError()),
                interval(figure),
                isBaseline
                        ? "baseline"
                        : paired.map(p -> Show.difference(p.getDifference())).orElse(""),
                mark(figure.mark()),
                paired.map(p -> Show.probability(p.getMcnemarP())).orElse(""),
                isFirst ? Show.count(tokens) : "",
                isFirst ? Show.millis(metric.getUsage().getLatencyP50Ms()) : "",
                isFirst ? Show.millis(metric.getUsage().getLatencyP95Ms()) : "");
    }

    private static String interval(Figure figure) {
        Optional<Report.Ends> ends = figure.interval();
        return ends.map(e -> VerdictText.interval(e.lower(), e.upper())).orElse("");
    }

    private static String mark(Mark mark) {
        return switch (mark) {
            case NONE -> "";
            case BETTER -> "▲ better";
            case WORSE -> "▼ WORSE";
        };
    }

    /// What is unusual about a run: that it did not complete, or that samples failed.
    private static void remark(Run run, PrintWriter out) {
        Optional<RunState> state = run.state();
        if (state.isEmpty()) {
            return;
        }
        RunState ended = state.get();
        BaselinePlan baseline = run.plan().getBaseline();
        if (baseline != null && baseline.getExcluded() > 0) {
            out.println(String.format(
                    Locale.ROOT,
                    "%s on %s: %,d of %,d samples have no baseline score and were left out of the comparison from the start",
                    run.plan().getTask(),
                    run.model(),
                    baseline.getExcluded(),
                    run.plan().getExpectedSamples()));
        }
        long failed = ended.getFailedModel() + ended.getFailedInfrastructure();
        boolean asMeant = ended.getStatus() == RunStatus.COMPLETED || run.isStoppedEarly();
        if (asMeant && failed == 0) {
            return; // what stopping saved is told for all runs together
        }
        out.println(String.format(
                Locale.ROOT,
                "%s on %s: %s%s; %d of %d scored, %d failed by the model, %d by the machinery, %d cancelled",
                run.plan().getTask(),
                run.model(),
                ended.getStatus().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                ended.getStatusReason().isEmpty() ? "" : " (" + ended.getStatusReason() + ")",
                ended.getScored(),
                ended.getExpected(),
                ended.getFailedModel(),
                ended.getFailedInfrastructure(),
                ended.getCancelled()));
        ended.getFailures().stream()
                .filter(failure -> !failure.getExample().isEmpty())
                .forEach(failure -> out.println(String.format(
                        Locale.ROOT,
                        "    %s, %,d of them: %s",
                        failure.getCode(),
                        failure.getCount(),
                        failure.getExample().strip().replaceAll("[\\s\\p{Cntrl}]+", " "))));
    }

    /// What became certain, what stopping early saved, and the verdict of the request.
    private static void verdicts(Report report, PrintWriter out) {
        report.slices().forEach(table -> slices(table, out));
        report.alerts().forEach(alert -> out.println("▼ " + VerdictText.line(alert)));
        if (report.isJudged()) {
            VerdictTable.explain(report, out);
        }
        long saved = 0;
        long underWay = 0;
        long expected = 0;
        for (Run run : report.runs()) {
            long ofRun = run.state().map(RunState::getSaved).orElse(0L);
            saved += ofRun;
            underWay += run.isStoppedEarly()
                    ? run.state().map(RunState::getCancelled).orElse(0L) - ofRun
                    : 0;
            expected += run.plan().getExpectedSamples();
        }
        if (saved > 0) {
            out.println("Stopping early saved %s of %s samples: they were never dispatched%s."
                    .formatted(
                            Show.count(saved),
                            Show.count(expected),
                            underWay > 0 ? " (" + Show.count(underWay) + " more were under way)" : ""));
        }
        report.state()
                .map(RunState::getVerdict)
                .ifPresent(verdict -> out.println("Verdict of the request: " + VerdictText.word(verdict)
                        + (verdict.getReason().isEmpty() ? "" : " (" + verdict.getReason() + ")")));
    }

    private static void slices(SliceTable table, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "%s on %s: worse on %s of %d slices%s (%s, false discovery rate %s)",
                table.plan().getTask(),
                table.plan().getModel(),
                table.slices().isEmpty()
                        ? "none"
                        : String.valueOf(table.slices().size()),
                table.of(),
                table.slices().isEmpty() ? "" : ": " + String.join(", ", table.slices()),
                table.method(),
                table.alpha()));
    }

    private static void conclusions(Report report, PrintWriter out) {
        List<Figure> regressions = report.regressions();
        for (Figure figure : regressions) {
            PairedMetric paired = figure.paired().orElseThrow();
            out.println(String.format(
                    Locale.ROOT,
                    "▼ %s: %s of %s went from %.4f to %.4f against the baseline (%d answers lost, %d gained, exact McNemar p = %s)",
                    figure.metric().getTask(),
                    figure.metric().getMetric(),
                    figure.metric().getModel(),
                    paired.getBaselineMean() == null ? Double.NaN : paired.getBaselineMean(),
                    paired.getCandidateMean() == null ? Double.NaN : paired.getCandidateMean(),
                    paired.getLosses(),
                    paired.getGains(),
                    Show.probability(paired.getMcnemarP())));
        }
        boolean compared = report.runs().stream()
                .flatMap(run -> run.figures().stream())
                .anyMatch(f -> f.paired().isPresent());
        if (compared && regressions.isEmpty() && report.runs().stream().noneMatch(Run::isStoppedEarly)) {
            out.println("No significant difference to the baseline is a loss (Holm-adjusted exact McNemar p < 0.05).");
        }
    }
}
