package dev.evalfleet.aggregator.stats.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.stats.sequential.Gate;
import dev.evalfleet.aggregator.stats.sequential.MixEb;
import dev.evalfleet.aggregator.stats.sequential.Multiplicity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a vector file and gives the same JSON with every expected field replaced by what our code computes.
public final class VectorReplay {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double USUAL_ALPHA = 0.05;

    private VectorReplay() {}

    /// Recomputes the vectors of one file.
    ///
    /// @throws IllegalArgumentException when the file is none of the known kinds, naming the fields it has
    public static ObjectNode replay(JsonNode file) {
        if (!(file instanceof ObjectNode object)) {
            throw new IllegalArgumentException("a vector file is a JSON object, this is " + file.getNodeType());
        }
        ObjectNode replayed = object.deepCopy();
        boolean isKnown = false;
        if (replayed.has("must_throw") || replayed.has("initial")) {
            EdgeReplay.replay(replayed);
            isKnown = true;
        }
        if (ReportReplay.SECTIONS.stream().anyMatch(replayed::has)) {
            ReportReplay.replay(replayed);
            isKnown = true;
        }
        if (replayed.get("cases") instanceof ArrayNode cases) {
            for (int i = 0; i < cases.size(); i++) {
                replayCase(i, cases.get(i));
            }
            isKnown = true;
        }
        if (!isKnown) {
            var fields = new ArrayList<String>();
            replayed.fieldNames().forEachRemaining(fields::add);
            throw new IllegalArgumentException(
                    "not a vector file: needs cases, must_throw or a report section, has " + fields);
        }
        return replayed;
    }

    private static void replayCase(int index, JsonNode given) {
        String name = "case " + index
                + (given.hasNonNull("name") ? " \"" + given.get("name").asText() + "\"" : "");
        if (!(given instanceof ObjectNode c)) {
            throw new IllegalArgumentException(name + " is not an object but " + given.getNodeType());
        }
        try {
            replayCase(c);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(name + ": " + refused.getMessage(), refused);
        }
    }

    // A hypothesis has a threshold m, an interval has none: the expected fields need not be there.
    private static void replayCase(ObjectNode c) {
        if (c.has("E")) {
            multiplicity(c);
        } else if (c.has("dR")) {
            gate(c);
        } else if (c.has("x") && (c.has("lower") || c.has("upper") || !(c.has("m") || c.has("e")))) {
            confidenceSequence(c);
        } else if (c.has("x")) {
            eProcess(c);
        } else {
            throw new IllegalArgumentException("a case needs x, dR or E");
        }
    }

    private static double alpha(JsonNode c) {
        return c.hasNonNull("alpha") ? number(c.get("alpha")) : USUAL_ALPHA;
    }

    private static void eProcess(ObjectNode c) {
        EProc process = eProcOf(c);
        double alpha = alpha(c);
        ArrayNode es = JSON.arrayNode();
        Optional<Long> rejectedAt = Optional.empty();
        for (double x : doubles(c.get("x"))) {
            double e = process.add(x);
            es.add(number(e));
            if (rejectedAt.isEmpty() && e >= 1 / alpha) {
                rejectedAt = Optional.of(process.n());
            }
        }
        c.set("e", es);
        c.set("reject_at", whole(rejectedAt));
        ObjectNode end = c.putObject("final");
        end.put("n", process.n());
        end.put("S", process.sum());
        ArrayNode wealth = end.putArray("W");
        for (double w : process.wealth()) {
            wealth.add(w);
        }
        end.put("contradiction", process.contradiction());
        end.set("maxE", number(process.maxE()));
        end.put("p", process.p());
    }

    static EProc eProcOf(JsonNode c) {
        double m = c.path("m").asDouble(0);
        double lo = c.path("lo").asDouble(-1);
        double hi = c.path("hi").asDouble(1);
        return c.hasNonNull("N") ? EProc.dataset(m, c.get("N").longValue(), lo, hi) : EProc.population(m, lo, hi);
    }

    private static void confidenceSequence(ObjectNode c) {
        double alpha = alpha(c);
        double lo = c.path("lo").asDouble(0);
        double hi = c.path("hi").asDouble(1);
        MixEb sequence = c.hasNonNull("N")
                ? MixEb.dataset(alpha, c.get("N").longValue(), lo, hi)
                : MixEb.population(alpha, lo, hi);
        ArrayNode lower = JSON.arrayNode();
        ArrayNode upper = JSON.arrayNode();
        for (double x : doubles(c.get("x"))) {
            sequence.add(x);
            lower.add(sequence.lower());
            upper.add(sequence.upper());
        }
        c.set("lower", lower);
        c.set("upper", upper);
        double[] accumulators = sequence.accumulators();
        ObjectNode end = c.putObject("final");
        end.put("n", sequence.n());
        String[] names = {"S", "V", "A", "B"};
        for (int i = 0; i < names.length; i++) {
            end.put(names[i], accumulators[i + 1]);
        }
    }

    private static void gate(ObjectNode c) {
        double[] best = doubles(c.get("dR"));
        double[] worst = c.has("dP") ? doubles(c.get("dP")) : best;
        if (!c.hasNonNull("N")) {
            throw new IllegalArgumentException("a gate needs N: without it nothing can be said of the whole dataset");
        }
        if (worst.length != best.length) {
            throw new IllegalArgumentException(
                    "dR has %d values and dP %d; they belong together".formatted(best.length, worst.length));
        }
        Gate gate = Gate.relative(
                c.path("delta").asDouble(0),
                c.path("rho").asDouble(0),
                alpha(c),
                c.get("N").longValue(),
                c.path("hi").asDouble(1));
        ArrayNode transitions = JSON.arrayNode();
        String shown = "";
        for (int i = 0; i < best.length; i++) {
            gate.fold(best[i], worst[i]);
            String now = gate.outcome().toString();
            if (!now.equals(shown)) {
                transitions.add(JSON.arrayNode().add(i + 1).add(now));
                shown = now;
            }
        }
        c.set("transitions", transitions);
        c.set("t_regression", whole(gate.regressedAt()));
        c.set("t_fail", whole(gate.failedAt()));
        c.set("t_pass", whole(gate.passedAt()));
        c.put("final_verdict", gate.outcome().toString());
        ObjectNode maxE = c.putObject("maxE");
        maxE.set("R", number(gate.regresses().orElseThrow().maxE()));
        maxE.set("F", number(gate.fails().maxE()));
        maxE.set("P", number(gate.passes().maxE()));
    }

    private static void multiplicity(ObjectNode c) {
        List<Double> e = new ArrayList<>();
        for (double value : doubles(c.get("E"))) {
            e.add(value);
        }
        double alpha = alpha(c);
        c.set("holm_rejected", indices(Multiplicity.holm(e, alpha)));
        c.set("ebh_rejected", indices(Multiplicity.eBenjaminiHochberg(e, alpha)));
        c.put("avg_global", Multiplicity.any(e, alpha));
    }

    private static ArrayNode indices(List<Integer> values) {
        ArrayNode array = JSON.arrayNode();
        values.forEach(array::add);
        return array;
    }

    static double[] doubles(JsonNode array) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("numbers must stand in an array, found " + array.getNodeType());
        }
        var values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(array.get(i));
        }
        return values;
    }

    /// JSON has no NaN and no infinity: they stand as strings.
    static double number(JsonNode node) {
        return node.isTextual() ? Double.parseDouble(node.textValue()) : node.doubleValue();
    }

    static JsonNode number(double value) {
        return Double.isFinite(value) ? JSON.numberNode(value) : JSON.textNode(Double.toString(value));
    }

    private static JsonNode whole(Optional<Long> value) {
        return value.<JsonNode>map(JSON::numberNode).orElse(JSON.nullNode());
    }

    /// The vectors of a file, as text.
    public static String replay(ObjectMapper mapper, String json) throws java.io.IOException {
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(replay(mapper.readTree(json)));
    }
}
