package dev.evalfleet.aggregator.stats.corpus;

import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What lm-evaluation-harness reports of one metric and filter of one task.
///
/// @param value not a number where the metric is not defined
/// @param standardError null where the harness writes N/A
public record HarnessScore(double value, @Nullable Double standardError) {

    /// The harness's default for `bootstrap_iters`.
    public static final int ITERATIONS = 100_000;

    private static final int MOST_ITERATIONS_ON_TEXT = 100;
    private static final Set<String> ON_TEXT = Set.of("bleu", "chrf", "chrf++", "ter");

    /// The score of a run.
    ///
    /// @param metric name of the metric, not of its aggregation
    /// @param samples in the order of their documents, on which the bootstrap depends
    /// @param iterations of the bootstrap; 0: no standard errors at all
    public static HarnessScore of(String metric, CorpusMetric aggregation, List<ScoredSample> samples, int iterations) {
        SampleColumns columns = new SampleColumns(aggregation, samples);
        int most = ON_TEXT.contains(metric) ? Math.min(iterations, MOST_ITERATIONS_ON_TEXT) : iterations;
        boolean hasError = samples.size() > 1 && iterations > 0;
        return new HarnessScore(columns.metric(), hasError ? standardError(aggregation, columns, most) : null);
    }

    private static @Nullable Double standardError(CorpusMetric aggregation, SampleColumns columns, int iterations) {
        return switch (aggregation) {
            case MEAN -> columns.errorOfMean();
            case MEDIAN, NANMEAN, PERPLEXITY, F1, MATTHEWS_CORRCOEF, BLEU, CHRF, CHRF_PLUS_PLUS, TER ->
                Bootstrap.standardError(columns, iterations);
            case WEIGHTED_PERPLEXITY, BITS_PER_BYTE, BRIER_SCORE, WEIGHTED_F1, MACRO_F1, MICRO_F1 -> null;
        };
    }
}
