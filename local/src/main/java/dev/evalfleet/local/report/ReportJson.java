package dev.evalfleet.local.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.local.report.Report.Figure;
import dev.evalfleet.local.report.Report.Run;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Usage;
import dev.evalfleet.schemas.avro.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A [Report] for machines.
public final class ReportJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportJson() {}

    public static String of(Report report) {
        ObjectNode root = JSON.createObjectNode();
        root.put("requestId", report.requestId());
        report.state().ifPresent(state -> {
            root.put("status", lower(state.getStatus()));
            verdict(state.getVerdict(), root);
        });
        ArrayNode runs = root.putArray("runs");
        report.runs().forEach(run -> runs.add(run(run)));
        ArrayNode alerts = root.putArray("alerts");
        report.alerts().forEach(alert -> alerts.add(alert(alert)));
        ArrayNode slices = root.putArray("slices");
        report.slices().forEach(table -> {
            ObjectNode node = slices.addObject();
            node.put("runId", table.plan().getRunId());
            node.put("compared", table.of());
            ArrayNode worse = node.putArray("worse");
            table.slices().forEach(worse::add);
            node.put("method", table.method());
            node.put("falseDiscoveryRate", table.alpha());
        });
        root.put(
                "saved",
                report.runs().stream()
                        .mapToLong(run -> run.state().map(RunState::getSaved).orElse(0L))
                        .sum());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ObjectNode alert(Alert alert) {
        ObjectNode node = JSON.createObjectNode();
        node.put("alertId", alert.getAlertId());
        node.put("kind", lower(alert.getKind()));
        node.put("runId", alert.getRunId());
        node.put("task", alert.getTask());
        node.put("model", alert.getModel());
        node.put("metric", alert.getMetric());
        node.put("slice", alert.getSlice());
        node.put("claim", lower(alert.getClaim()));
        node.put("message", alert.getMessage());
        node.put("n", alert.getN());
        node.put("eValue", alert.getEValue());
        node.put("difference", alert.getDifference());
        node.put("raisedAt", alert.getRaisedAt().toString());
        return node;
    }

    private static ObjectNode run(Run run) {
        ObjectNode node = JSON.createObjectNode();
        node.put("runId", run.plan().getRunId());
        node.put("task", run.plan().getTask());
        node.put("model", run.plan().getModel());
        node.put("variant", run.plan().getVariant());
        node.put("role", lower(run.plan().getRole()));
        node.put("datasetFingerprint", run.plan().getDatasetFingerprint());
        node.put("taskHash", run.plan().getTaskHash());
        node.put("expected", run.plan().getExpectedSamples());
        run.state().ifPresent(state -> state(state, node));
        ArrayNode metrics = node.putArray("metrics");
        run.figures().forEach(figure -> metrics.add(metric(figure)));
        return node;
    }

    private static void state(RunState state, ObjectNode node) {
        node.put("status", lower(state.getStatus()));
        node.put("statusReason", state.getStatusReason());
        node.put("scored", state.getScored());
        node.put("failedModel", state.getFailedModel());
        node.put("failedInfrastructure", state.getFailedInfrastructure());
        ArrayNode failures = node.putArray("failures");
        state.getFailures().forEach(failure -> failures.addObject()
                .put("kind", lower(failure.getKind()))
                .put("code", failure.getCode())
                .put("count", failure.getCount())
                .put("example", failure.getExample()));
        node.put("cancelled", state.getCancelled());
        node.put("saved", state.getSaved());
        verdict(state.getVerdict(), node);
        Usage usage = state.getUsage();
        ObjectNode figures = node.putObject("usage");
        figures.put("promptTokens", usage.getPromptTokens());
        figures.put("outputTokens", usage.getOutputTokens());
        figures.put("latencyP50Ms", usage.getLatencyP50Ms());
        figures.put("latencyP95Ms", usage.getLatencyP95Ms());
        figures.put("timeToFirstTokenP50Ms", usage.getTimeToFirstTokenP50Ms());
        figures.put("cost", usage.getCost());
    }

    private static void verdict(@Nullable Verdict verdict, ObjectNode node) {
        if (verdict == null) {
            return;
        }
        ObjectNode written = node.putObject("verdict");
        written.put("outcome", lower(verdict.getOutcome()));
        written.put("claim", lower(verdict.getClaim()));
        written.put("metric", verdict.getMetric());
        written.put("n", verdict.getN());
        written.put("expected", verdict.getExpected());
        written.put("eValue", verdict.getEValue());
        written.put("lower", verdict.getLower());
        written.put("upper", verdict.getUpper());
        written.put("reason", verdict.getReason());
    }

    private static ObjectNode metric(Figure figure) {
        Metric metric = figure.metric();
        ObjectNode node = JSON.createObjectNode();
        node.put("metric", metric.getMetric());
        node.put("filter", metric.getFilter());
        node.put("n", metric.getN());
        node.put("value", metric.getValue());
        node.put("standardError", metric.getStandardError());
        node.put("clusteredStandardError", metric.getClusteredStandardError());
        node.put("clusters", metric.getClusters());
        node.put("wilsonLower", metric.getWilsonLower());
        node.put("wilsonUpper", metric.getWilsonUpper());
        node.put("lower", metric.getLower());
        node.put("upper", metric.getUpper());
        node.put("higherIsBetter", metric.getHigherIsBetter());
        figure.paired().ifPresent(paired -> paired(paired, figure, node.putObject("paired")));
        return node;
    }

    private static void paired(PairedMetric paired, Figure figure, ObjectNode node) {
        node.put("baselineRunId", paired.getBaselineRunId());
        node.put("pairs", paired.getPairs());
        node.put("difference", paired.getDifference());
        node.put("standardError", paired.getStandardError());
        node.put("clusteredStandardError", paired.getClusteredStandardError());
        node.put("gains", paired.getGains());
        node.put("losses", paired.getLosses());
        node.put("mcnemarP", paired.getMcnemarP());
        node.put("mcnemarMidP", paired.getMcnemarMidP());
        node.put("lower", paired.getLower());
        node.put("upper", paired.getUpper());
        node.put("eValue", paired.getEValue());
        node.put("mark", lower(figure.mark()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
