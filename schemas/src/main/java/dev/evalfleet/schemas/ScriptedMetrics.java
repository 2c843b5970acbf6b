package dev.evalfleet.schemas;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What those functions of lm-eval's tasks compute that score a sample (`process_results`) and that every worker has of
/// its own, as options of the metrics they give.
public final class ScriptedMetrics {
    /// The option that says how lm-eval's log differs: `first`, before the other metrics; `truth`, as true or false.
    public static final String LOGGED = "logged";

    private static final String SCORER = "scorer";
    private static final Pattern TRUTHFUL = Pattern.compile("(bleu|rouge1|rouge2|rougeL)_(max|acc|diff)");
    private static final String DISTANCE = "likelihood_diff";
    private static final Set<String> PAIRS = Set.of("pct_stereotype", DISTANCE);

    private ScriptedMetrics() {}

    /// @param known the name of what a function computes; any other name changes nothing
    /// @return how a worker scores the metric; empty where it does what it does anyway
    public static Map<String, Object> options(String known, String metric) {
        boolean exact = metric.equals("exact_match");
        boolean byWords = metric.equals("em") || metric.equals("f1");
        if (known.startsWith("mlqa ")) {
            return mlqa(metric, known.substring("mlqa ".length()));
        }
        return switch (known) {
            case "mc2" -> Map.of(SCORER, "mc2", "labels", "mc2_targets.labels");
            case "page counts" -> Map.of("column", "page");
            case "math" -> when(exact, Map.of(SCORER, "math_answer", "solution", "solution"));
            case "aime" -> when(exact, Map.of(SCORER, "math_answer", "answer", "answer", "boxed", true));
            case "drop" -> when(byWords, Map.of(SCORER, "drop_" + metric, "golds", "answers"));
            case "coqa" -> when(byWords, Map.of(SCORER, "squad_" + metric));
            case "xquad" -> xquad(metric);
            case "truthful" -> truthful(metric);
            case "truthful bleu" -> when(metric.startsWith("bleu_"), truthful(metric));
            case "record" -> when(byWords, Map.of(SCORER, "record_" + metric));
            case "crows_pairs" -> when(PAIRS.contains(metric), Map.of(SCORER, metric));
            default -> Map.of();
        };
    }

    private static Map<String, Object> when(boolean given, Map<String, Object> options) {
        return given ? options : Map.of();
    }

    private static Map<String, Object> truthful(String metric) {
        return when(
                TRUTHFUL.matcher(metric).matches(),
                Map.of(SCORER, "truthful", "by", metric.replaceFirst("_.*", ""), "as", metric.replaceFirst(".*_", "")));
    }

    private static Map<String, Object> xquad(String metric) {
        return switch (metric) {
            case "exact_match" -> Map.of(SCORER, "squad_em", "reference", "answers.text");
            case "f1" -> Map.of(SCORER, "squad_f1", "reference", "answers.text", LOGGED, "first");
            default -> Map.of();
        };
    }

    private static Map<String, Object> mlqa(String metric, String language) {
        return switch (metric) {
            case "exact_match" -> Map.of(SCORER, "mlqa_em", "golds", "answers", "language", language, LOGGED, "truth");
            case "f1" -> Map.of(SCORER, "mlqa_f1", "golds", "answers", "language", language);
            default -> Map.of();
        };
    }

    /// Whether the options name how the metric is scored.
    public static boolean isScripted(Map<String, Object> options) {
        return options.containsKey(SCORER);
    }

    /// What is known of such a metric: all are averaged.
    public static Scoring.MetricFacts facts(String metric) {
        if (metric.equals(DISTANCE)) {
            return new Scoring.MetricFacts(metric, "mean", false, 0.0, null);
        }
        boolean isDifference = metric.endsWith("_diff");
        return isDifference || metric.endsWith("_max")
                ? new Scoring.MetricFacts(metric, "mean", true, isDifference ? -100.0 : 0.0, 100.0)
                : Scoring.MetricFacts.mean(metric);
    }
}
