package dev.evalfleet.loadtest.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.local.view.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The figures of simulations, for people and for machines.
final class SimulationTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SimulationTable() {}

    static void print(List<SimulateCommand.Row> rows, boolean json, PrintWriter out) {
        if (json) {
            out.println(json(rows));
        } else {
            table(rows).print(out);
        }
        out.flush();
    }

    private static Table table(List<SimulateCommand.Row> rows) {
        Table table = new Table(
                "variation",
                ">first sample",
                ">makespan",
                ">over ideal",
                ">peak",
                ">GPU-hours",
                ">paid/needed",
                ">starting",
                ">idle",
                ">lost",
                ">repeated",
                ">evicted",
                ">at zero");
        for (SimulateCommand.Row row : rows) {
            int slots = row.model().pod().slots();
            List<FleetReport> reports = row.reports();
            double paid = mean(reports, FleetReport::workerSeconds) * slots;
            table.row(
                    row.name(),
                    seconds(mean(reports, FleetReport::firstResult)),
                    seconds(mean(reports, FleetReport::makespan)),
                    number("%.3f", mean(reports, FleetReport::overIdeal)),
                    number("%.0f", mean(reports, FleetReport::peak)),
                    number("%.1f", mean(reports, FleetReport::gpuHours)),
                    number("%.3f", mean(reports, report -> report.paidOverNeeded(slots))),
                    percent(mean(reports, FleetReport::startingSeconds) * slots / paid),
                    percent(mean(reports, FleetReport::idleSlotSeconds) / paid),
                    percent(mean(reports, FleetReport::lostSlotSeconds) / paid),
                    number("%.0f", mean(reports, FleetReport::repeated)),
                    number("%.0f", mean(reports, FleetReport::evicted)),
                    seconds(mean(reports, FleetReport::zero)));
        }
        return table;
    }

    private static String json(List<SimulateCommand.Row> rows) {
        ArrayNode all = JSON.createArrayNode();
        for (SimulateCommand.Row row : rows) {
            ObjectNode node = all.addObject().put("variation", row.name());
            ArrayNode reports = node.putArray("runs");
            row.reports().forEach(report -> reports.add(JSON.valueToTree(report)));
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double mean(List<FleetReport> reports, ToDoubleFunction<FleetReport> what) {
        return reports.stream().mapToDouble(what).average().orElse(Double.NaN);
    }

    private static String seconds(double value) {
        return number("%.0f s", value);
    }

    private static String percent(double share) {
        return number("%.1f %%", 100 * share);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
