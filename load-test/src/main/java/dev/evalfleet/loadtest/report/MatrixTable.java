package dev.evalfleet.loadtest.report;

import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.process.Role;
import dev.evalfleet.loadtest.stage.Outcome;
import dev.evalfleet.local.view.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The outcomes as people read them: a row each, and below it what was found.
public final class MatrixTable {
    private MatrixTable() {}

    public static void print(List<Outcome> outcomes, PrintWriter out) {
        Table table = new Table(
                "scenario",
                ">seed",
                ">samples",
                ">lost",
                ">counted twice",
                ">wrong",
                ">failed",
                ">sent again",
                ">repeated",
                ">resumed",
                ">took",
                "verdict");
        outcomes.forEach(outcome -> row(table, outcome));
        out.println();
        table.print(out);
        for (Outcome outcome : outcomes) {
            details(outcome, out);
        }
        memory(outcomes, out);
        out.flush();
    }

    private static void row(Table table, Outcome outcome) {
        if (outcome.skipped() != null) {
            table.row(
                    outcome.scenario(),
                    String.valueOf(outcome.seed()),
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    outcome.verdict());
            return;
        }
        table.row(
                outcome.scenario(),
                String.valueOf(outcome.seed()),
                String.valueOf(outcome.samples()),
                String.valueOf(outcome.count(Finding.Kind.LOST)),
                String.valueOf(outcome.count(Finding.Kind.COUNTED_TWICE)),
                String.valueOf(outcome.count(Finding.Kind.WRONG)),
                String.valueOf(outcome.failed()),
                String.valueOf(outcome.resent()),
                outcome.repeated() + " of " + outcome.mostRepeated(),
                seconds(outcome.resumed()),
                seconds(outcome.took()),
                outcome.verdict());
    }

    private static void details(Outcome outcome, PrintWriter out) {
        if (outcome.skipped() != null) {
            out.println(outcome.scenario() + " skipped: " + outcome.skipped());
        }
        if (!outcome.findings().isEmpty()) {
            out.println();
            out.println(outcome.scenario() + ", seed " + outcome.seed() + ", logs in " + outcome.logs());
            outcome.findings().forEach(finding -> out.println("  " + finding));
        }
        if (!outcome.selfEnds().isEmpty()) {
            out.println(outcome.scenario() + ", seed " + outcome.seed() + ", started again: "
                    + String.join("; ", outcome.selfEnds()));
        }
    }

    private static void memory(List<Outcome> outcomes, PrintWriter out) {
        String peaks = java.util.Arrays.stream(Role.values())
                .map(role -> role.label() + " "
                        + outcomes.stream()
                                .mapToLong(outcome -> outcome.peakMib().getOrDefault(role, 0L))
                                .max()
                                .orElse(0)
                        + " of " + role.mostResidentMib())
                .collect(Collectors.joining(", "));
        out.println();
        out.println("Most memory resident, MiB: " + peaks);
    }

    private static String seconds(@Nullable Duration duration) {
        return duration == null ? "-" : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
