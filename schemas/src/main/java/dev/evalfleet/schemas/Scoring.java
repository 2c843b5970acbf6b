package dev.evalfleet.schemas;

import static dev.evalfleet.schemas.avro.RequestType.GENERATE_UNTIL;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD;
import static dev.evalfleet.schemas.avro.RequestType.LOGLIKELIHOOD_ROLLING;
import static dev.evalfleet.schemas.avro.RequestType.MULTIPLE_CHOICE;

import dev.evalfleet.schemas.avro.RequestType;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The names of metrics and filters that a plan may promise and every worker knows: the planner refuses a task that
/// needs another, and a test of the worker compares this with what it can do.
public final class Scoring {
    private static final Map<RequestType, Map<String, MetricFacts>> METRICS = new EnumMap<>(Map.of(
            GENERATE_UNTIL,
                    byName(
                            MetricFacts.mean("exact_match"),
                            MetricFacts.mean("accuracy"),
                            MetricFacts.mean("f1"),
                            MetricFacts.mean("rouge1"),
                            MetricFacts.mean("rouge2"),
                            MetricFacts.mean("rougeL"),
                            MetricFacts.mean("token_f1"),
                            MetricFacts.mean("pass_at_k"),
                            MetricFacts.of("bleu", CorpusMetric.BLEU),
                            MetricFacts.of("chrf", CorpusMetric.CHRF),
                            MetricFacts.of("chrf++", CorpusMetric.CHRF_PLUS_PLUS),
                            MetricFacts.of("ter", CorpusMetric.TER)),
            MULTIPLE_CHOICE,
                    byName(
                            MetricFacts.mean("acc"),
                            MetricFacts.mean("acc_norm"),
                            MetricFacts.mean("acc_bytes"),
                            MetricFacts.mean("acc_mutual_info"),
                            MetricFacts.mean("exact_match"),
                            MetricFacts.mean("mc2"),
                            MetricFacts.of("f1", CorpusMetric.F1),
                            MetricFacts.of("mcc", CorpusMetric.MATTHEWS_CORRCOEF),
                            MetricFacts.of("brier_score", CorpusMetric.BRIER_SCORE)),
            LOGLIKELIHOOD, byName(MetricFacts.mean("acc"), MetricFacts.of("perplexity", CorpusMetric.PERPLEXITY)),
            LOGLIKELIHOOD_ROLLING,
                    byName(
                            MetricFacts.of("word_perplexity", CorpusMetric.WEIGHTED_PERPLEXITY),
                            MetricFacts.of("byte_perplexity", CorpusMetric.WEIGHTED_PERPLEXITY),
                            MetricFacts.of("bits_per_byte", CorpusMetric.BITS_PER_BYTE))));

    private static final Set<String> FILTERS = Set.of(
            "regex",
            "take_first",
            "take_first_k",
            "majority_vote",
            "multi_choice_regex",
            "remove_whitespace",
            "lowercase",
            "uppercase",
            "map",
            "format_span",
            "regex_pos");

    private static final Map<RequestType, List<String>> DEFAULT_METRICS = new EnumMap<>(Map.of(
            GENERATE_UNTIL, List.of("exact_match"),
            MULTIPLE_CHOICE, List.of("acc", "acc_norm"),
            LOGLIKELIHOOD, List.of("perplexity", "acc"),
            LOGLIKELIHOOD_ROLLING, List.of("word_perplexity", "byte_perplexity", "bits_per_byte")));

    /// What is known of a metric before any sample is scored.
    ///
    /// @param aggregation lm-eval's default for it
    /// @param lower smallest value of a sample; null where there is none
    /// @param upper largest value of a sample; null where there is none
    public record MetricFacts(
            String name, String aggregation, boolean higherIsBetter, @Nullable Double lower, @Nullable Double upper) {

        /// A share or the like: 0 to 1, averaged, more is better.
        public static MetricFacts mean(String name) {
            return new MetricFacts(name, CorpusMetric.MEAN.aggregation(), true, 0.0, 1.0);
        }

        static MetricFacts of(String name, CorpusMetric metric) {
            return new MetricFacts(
                    name, metric.aggregation(), metric.higherIsBetter(), metric.lowest(), metric.highest());
        }

        /// What a sample counts as on which the model failed: the worst value there is. Null, the sample is left out,
        /// where values have no end on that side, and where a value alone does not go into the aggregate.
        public @Nullable Double failureValue(boolean higherIsBetter) {
            boolean isMean = aggregation.equals(CorpusMetric.MEAN.aggregation())
                    || aggregation.equals(CorpusMetric.BRIER_SCORE.aggregation());
            return !isMean ? null : higherIsBetter ? lower : upper;
        }
    }

    private Scoring() {}

    /// The metrics for samples of a type, by name.
    public static Map<String, MetricFacts> metrics(RequestType type) {
        return METRICS.getOrDefault(type, Map.of());
    }

    /// The metrics lm-eval computes where a task names none.
    public static List<String> defaultMetrics(RequestType type) {
        return DEFAULT_METRICS.getOrDefault(type, List.of());
    }

    public static Set<String> filters() {
        return FILTERS;
    }

    private static Map<String, MetricFacts> byName(MetricFacts... facts) {
        var byName = new TreeMap<String, MetricFacts>();
        Arrays.stream(facts).forEach(fact -> byName.put(fact.name(), fact));
        return byName;
    }
}
