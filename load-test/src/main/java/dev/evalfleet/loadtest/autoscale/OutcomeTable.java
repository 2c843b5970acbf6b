package dev.evalfleet.loadtest.autoscale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.loadtest.check.CheckReport;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.scaling.FleetReport;
import dev.evalfleet.local.view.Table;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// A run of real processes beside its simulation, for people and for machines.
final class OutcomeTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OutcomeTable() {}

    static void print(LiveOutcome outcome, boolean json, PrintWriter out) {
        if (json) {
            out.println(json(outcome));
        } else {
            print(outcome, out);
        }
        out.flush();
    }

    private static void print(LiveOutcome outcome, PrintWriter out) {
        CheckReport check = outcome.check();
        out.printf(
                Locale.ROOT,
                "%d samples, %d answered, %d lost, %d counted twice, %d other findings; %d results repeated, %d samples"
                        + " sent again%n",
                check.accepted(),
                check.answered(),
                check.count(Finding.Kind.LOST),
                check.count(Finding.Kind.COUNTED_TWICE),
                check.count(Finding.Kind.WRONG),
                check.repeatedResults(),
                check.resent());
        check.findings().forEach(finding -> out.println("  " + finding));
        outcome.complaints().forEach(complaint -> out.println("  " + complaint));
        out.printf(
                Locale.ROOT,
                "first sample on the topic %.1f s after the request; a worker took %.1f s to start and %.1f s to end%n%n",
                outcome.untilDispatched(),
                outcome.coldStart(),
                outcome.exit());
        Table table = new Table("from the first sample on", ">measured", ">simulated", ">simulated/measured");
        row(table, outcome, "first worker reads (s)", FleetReport::firstReady);
        row(table, outcome, "first sample answered (s)", FleetReport::firstResult);
        row(table, outcome, "last sample answered: makespan (s)", FleetReport::makespan);
        row(table, outcome, "makespan over ideal", FleetReport::overIdeal);
        row(table, outcome, "pool at zero (s)", FleetReport::zero);
        row(table, outcome, "peak replicas", FleetReport::peak);
        row(table, outcome, "worker-seconds", FleetReport::workerSeconds);
        row(table, outcome, "of these starting", FleetReport::startingSeconds);
        row(table, outcome, "busy slot-seconds", FleetReport::busySlotSeconds);
        row(table, outcome, "idle slot-seconds", FleetReport::idleSlotSeconds);
        table.print(out);
    }

    private static void row(Table table, LiveOutcome outcome, String name, ToDoubleFunction<FleetReport> what) {
        double measured = what.applyAsDouble(outcome.measured());
        double simulated = what.applyAsDouble(outcome.simulated());
        table.row(name, number(measured), number(simulated), number(simulated / measured));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String json(LiveOutcome outcome) {
        ObjectNode node = JSON.createObjectNode();
        node.put("accepted", outcome.check().accepted());
        node.put("answered", outcome.check().answered());
        node.put("lost", outcome.check().count(Finding.Kind.LOST));
        node.put("countedTwice", outcome.check().count(Finding.Kind.COUNTED_TWICE));
        node.put("repeatedResults", outcome.check().repeatedResults());
        ArrayNode findings = node.putArray("findings");
        outcome.check().findings().forEach(finding -> findings.add(finding.toString()));
        outcome.complaints().forEach(findings::add);
        node.put("untilDispatchedSeconds", outcome.untilDispatched());
        node.put("coldStartSeconds", outcome.coldStart());
        node.put("exitSeconds", outcome.exit());
        node.set("measured", JSON.valueToTree(outcome.measured()));
        node.set("simulated", JSON.valueToTree(outcome.simulated()));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
