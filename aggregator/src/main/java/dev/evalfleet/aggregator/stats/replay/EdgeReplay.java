package dev.evalfleet.aggregator.stats.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.stats.sequential.MixEb;

/// What holds before the first sample, and which inputs are refused.
final class EdgeReplay {

    private EdgeReplay() {}

    static void replay(ObjectNode file) {
        if (file.get("initial") instanceof ObjectNode initial) {
            EProc process = EProc.population(0, -1, 1);
            MixEb sequence = MixEb.population(0.05, 0, 1);
            initial.put("e", process.e());
            initial.put("maxE", process.maxE());
            initial.put("p", process.p());
            ArrayNode interval = initial.putArray("cs");
            interval.add(sequence.lower());
            interval.add(sequence.upper());
        }
        for (JsonNode refused : file.path("must_throw")) {
            if (!throwsOn(refused)) {
                ((ObjectNode) refused).put("threw", false);
            }
        }
    }

    private static boolean throwsOn(JsonNode input) {
        try {
            EProc process = VectorReplay.eProcOf(input);
            JsonNode x = input.path("x");
            if (x.isArray()) {
                x.forEach(value -> process.add(VectorReplay.number(value)));
            } else if (!x.isMissingNode()) {
                process.add(VectorReplay.number(x));
            }
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
