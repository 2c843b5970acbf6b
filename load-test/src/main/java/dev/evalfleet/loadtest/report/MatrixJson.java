package dev.evalfleet.loadtest.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.loadtest.check.Finding;
import dev.evalfleet.loadtest.stage.Outcome;
import java.util.List;

/// The outcomes as programs read them.
public final class MatrixJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MatrixJson() {}

    public static String of(List<Outcome> outcomes) {
        ObjectNode all = JSON.createObjectNode();
        all.put("passed", outcomes.stream().noneMatch(outcome -> !outcome.findings()
                .isEmpty()));
        ArrayNode list = all.putArray("scenarios");
        outcomes.forEach(outcome -> add(list.addObject(), outcome));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(ObjectNode node, Outcome outcome) {
        node.put("scenario", outcome.scenario());
        node.put("seed", outcome.seed());
        node.put("verdict", outcome.verdict());
        node.put("skipped", outcome.skipped());
        node.put("samples", outcome.samples());
        node.put("lost", outcome.count(Finding.Kind.LOST));
        node.put("countedTwice", outcome.count(Finding.Kind.COUNTED_TWICE));
        node.put("wrong", outcome.count(Finding.Kind.WRONG));
        node.put("failed", outcome.failed());
        node.put("cancelled", outcome.cancelled());
        node.put("sentAgain", outcome.resent());
        node.put("repeatedInferences", outcome.repeated());
        node.put("repeatedInferencesAtMost", outcome.mostRepeated());
        node.put(
                "resumedAfterMs",
                outcome.resumed() == null ? null : outcome.resumed().toMillis());
        node.put("tookMs", outcome.took().toMillis());
        ObjectNode peaks = node.putObject("peakResidentMib");
        outcome.peakMib().forEach((role, peak) -> peaks.put(role.label(), peak));
        ArrayNode ends = node.putArray("startedAgain");
        outcome.selfEnds().forEach(ends::add);
        ArrayNode findings = node.putArray("findings");
        outcome.findings().forEach(finding -> findings.add(finding.toString()));
        node.put("logs", outcome.logs() == null ? null : outcome.logs().toString());
    }
}
