package dev.evalfleet.aggregator.stats.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.aggregator.stats.McNemar;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusteredError;
import dev.evalfleet.aggregator.stats.report.Wilson;
import dev.evalfleet.schemas.metric.PassAtK;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The completion report's vectors, section by section.
final class ReportReplay {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static final List<String> SECTIONS = List.of("mean_se", "clustered", "wilson", "mcnemar", "pass_at_k");

    private ReportReplay() {}

    static void replay(ObjectNode file) {
        each(file, "mean_se", ReportReplay::meanAndError);
        each(file, "clustered", ReportReplay::clustered);
        each(file, "wilson", ReportReplay::wilson);
        each(file, "mcnemar", ReportReplay::mcNemar);
        each(
                file,
                "pass_at_k",
                c -> c.put(
                        "value",
                        PassAtK.of(
                                c.get("n").intValue(),
                                c.get("c").intValue(),
                                c.get("k").intValue())));
    }

    private static void each(ObjectNode file, String section, Consumer<ObjectNode> replay) {
        for (JsonNode c : file.path(section)) {
            replay.accept((ObjectNode) c);
        }
    }

    private static void meanAndError(ObjectNode c) {
        Moments moments = Moments.NONE;
        for (double x : VectorReplay.doubles(c.get("x"))) {
            moments = moments.plus(x);
        }
        put(c, "mean", moments.mean());
        put(c, "se", moments.standardError());
    }

    private static void clustered(ObjectNode c) {
        List<String> clusters = new ArrayList<>();
        c.get("cluster").forEach(name -> clusters.add(name.asText()));
        if (clusters.isEmpty()) {
            put(c, "cr0", null);
            put(c, "cr1", null);
            return;
        }
        ClusteredError error = ClusteredError.of(VectorReplay.doubles(c.get("x")), clusters);
        c.put("cr0", error.cr0());
        put(c, "cr1", Double.isNaN(error.cr1()) ? null : error.cr1());
    }

    private static void wilson(ObjectNode c) {
        Wilson interval = Wilson.of(c.get("k").longValue(), c.get("n").longValue());
        c.put("lower", interval.lower());
        c.put("upper", interval.upper());
    }

    private static void mcNemar(ObjectNode c) {
        var test = new McNemar(c.get("b").longValue(), c.get("c").longValue());
        c.put("p_exact", test.exactP());
        c.put("p_mid", test.midP());
    }

    private static void put(ObjectNode c, String field, @Nullable Double value) {
        c.set(field, value == null ? JSON.nullNode() : JSON.numberNode(value));
    }
}
