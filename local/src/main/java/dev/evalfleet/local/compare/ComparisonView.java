package dev.evalfleet.local.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.local.compare.FlippedSamples.Sample;
import dev.evalfleet.local.compare.Pairs.Figures;
import dev.evalfleet.local.compare.RunPair.Compared;
import dev.evalfleet.local.compare.RunPair.Row;
import dev.evalfleet.local.view.Show;
import dev.evalfleet.local.view.Table;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunState;
import java.io.PrintWriter;
import java.util.Locale;

/// A comparison for people and for machines.
final class ComparisonView {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ComparisonView() {}

    static void print(RunState baseline, RunState candidate, Compared compared, FlippedSamples flips, PrintWriter out) {
        out.println("baseline   " + baseline.getId());
        out.println("candidate  " + candidate.getId());
        out.println();
        Table table = new Table(
                "metric",
                "slice",
                ">pairs",
                ">baseline",
                ">candidate",
                ">difference",
                "95 % interval",
                ">McNemar p",
                ">mid-p",
                ">gained",
                ">lost");
        for (Row row : compared.rows()) {
            Figures figures = row.figures();
            table.row(
                    row.slice().isEmpty() ? name(row.metric()) : "",
                    row.slice().isEmpty() ? "all" : row.slice(),
                    Show.count(figures.pairs()),
                    Show.score(figures.baseline()),
                    Show.score(figures.candidate()),
                    Show.difference(figures.difference()),
                    interval(figures),
                    Show.probability(figures.mcnemarP()),
                    Show.probability(figures.mcnemarMidP()),
                    Show.count(figures.gains()),
                    Show.count(figures.losses()));
        }
        table.print(out);
        long clusters = compared.rows().isEmpty()
                ? 0
                : compared.rows().getFirst().figures().clusters();
        if (clusters > 0) {
            out.println("Samples of one cluster were taken together (" + Show.count(clusters)
                    + " clusters); McNemar's test takes all samples as independent.");
        }
        flips.samples().forEach(sample -> flip(sample, out));
    }

    private static void flip(Sample sample, PrintWriter out) {
        out.println();
        out.println((sample.isGain() ? "gained " : "lost ") + sample.documentId());
        out.println(indented("prompt    ", sample.prompt()));
        out.println(indented("baseline  ", sample.baselineOutput()));
        out.println(indented("candidate ", sample.candidateOutput()));
    }

    private static String indented(String label, String text) {
        return "  " + label + "  " + text.stripTrailing().replace("\n", "\n  " + " ".repeat(label.length()) + "  ");
    }

    private static String interval(Figures figures) {
        return figures.lower() == null || figures.upper() == null
                ? "-"
                : String.format(Locale.ROOT, "[%+.4f, %+.4f]", figures.lower(), figures.upper());
    }

    private static String name(MetricPlan metric) {
        return metric.getFilter().equals("none") ? metric.getMetric() : metric.getMetric() + "," + metric.getFilter();
    }

    static String json(RunState baseline, RunState candidate, Compared compared, FlippedSamples flips) {
        ObjectNode root = JSON.createObjectNode();
        root.put("baseline", baseline.getId());
        root.put("candidate", candidate.getId());
        root.put("pairs", compared.pairs());
        root.put("unpaired", compared.unpaired());
        ArrayNode metrics = root.putArray("metrics");
        compared.rows().forEach(row -> metric(row, metrics.addObject()));
        ArrayNode samples = root.putArray("flips");
        flips.samples().forEach(sample -> {
            ObjectNode node = samples.addObject();
            node.put("documentId", sample.documentId());
            node.put("change", sample.isGain() ? "gained" : "lost");
            node.put("prompt", sample.prompt());
            node.put("baselineOutput", sample.baselineOutput());
            node.put("candidateOutput", sample.candidateOutput());
        });
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void metric(Row row, ObjectNode node) {
        Figures figures = row.figures();
        node.put("metric", row.metric().getMetric());
        node.put("filter", row.metric().getFilter());
        node.put("slice", row.slice());
        node.put("pairs", figures.pairs());
        node.put("baseline", figures.baseline());
        node.put("candidate", figures.candidate());
        node.put("difference", figures.difference());
        node.put("standardError", figures.standardError());
        node.put("clusters", figures.clusters());
        node.put("lower", figures.lower());
        node.put("upper", figures.upper());
        node.put("mcnemarP", figures.mcnemarP());
        node.put("mcnemarMidP", figures.mcnemarMidP());
        node.put("gains", figures.gains());
        node.put("losses", figures.losses());
    }
}
