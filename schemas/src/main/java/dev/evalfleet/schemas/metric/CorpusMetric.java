package dev.evalfleet.schemas.metric;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The aggregations of lm-evaluation-harness, under its names. A worker scores a sample with a value and, where the
/// mean of the values is not the metric, with `statistics`: numbers that are added up over the samples, element by
/// element. The layout of the statistics is given with each constant, the first element first. Arrays of one metric
/// may differ in length; an element that is not there counts as zero.
///
/// What [#of] computes is what the harness computes from the same samples.
public enum CorpusMetric {

    /// The mean of the values. Statistics: none.
    MEAN("mean", true, null, null),

    /// The mean of the values that are numbers. Value: the score, or 0 where it is none. Statistics: the score or
    /// 0; 1 if it is a number, else 0.
    NANMEAN("nanmean", true, null, null),

    /// The upper median of the values. Statistics: none; it cannot be had from sums, see [#isStreaming].
    MEDIAN("median", true, null, null),

    /// exp(-mean). Value: log-likelihood. Statistics: none.
    PERPLEXITY("perplexity", false, null, null),

    /// exp(-sum of log-likelihoods / sum of weights). Value: log-likelihood. Statistics: log-likelihood; weight,
    /// which is the number of words or of UTF-8 bytes.
    WEIGHTED_PERPLEXITY("weighted_perplexity", false, null, null),

    /// Bits per byte. Value: log-likelihood. Statistics: log-likelihood; number of UTF-8 bytes.
    BITS_PER_BYTE("bits_per_byte", false, null, null),

    /// F1 of class 1. Value: 1 if the prediction is right, else 0. Statistics: a cell of [Confusion].
    F1("f1", true, 0.0, 1.0),

    /// The mean of the F1 of all classes, each weighted by how often it is right. Value and statistics: as [#F1].
    WEIGHTED_F1("weighted_f1", true, 0.0, 1.0),

    /// The plain mean of the F1 of all classes. Value and statistics: as [#F1].
    MACRO_F1("macro_f1", true, 0.0, 1.0),

    /// F1 over the predictions of all classes together. Value and statistics: as [#F1].
    MICRO_F1("micro_f1", true, 0.0, 1.0),

    /// Matthews' correlation coefficient. Value: 1 if the prediction is right, else 0. Statistics: a cell of
    /// [Confusion].
    MATTHEWS_CORRCOEF("matthews_corrcoef", true, 0.0, 1.0),

    /// The mean of the squared distances between the probabilities of the choices and the truth. Value: that
    /// distance, 0 to 2. Statistics: none.
    BRIER_SCORE("brier_score", false, 0.0, 2.0),

    /// Corpus BLEU of sacrebleu, 0 to 100. Value: BLEU of the sentence alone. Statistics: see [BleuScore].
    BLEU("bleu", true, 0.0, 100.0),

    /// Corpus chrF2 of sacrebleu, 0 to 100. Value: chrF of the sentence alone. Statistics: see [ChrfScore], 6
    /// orders.
    CHRF("chrf", true, 0.0, 100.0),

    /// Corpus chrF2++ of sacrebleu, 0 to 100. Value: chrF++ of the sentence alone. Statistics: see [ChrfScore], 8
    /// orders.
    CHRF_PLUS_PLUS("chrf++", true, 0.0, 100.0),

    /// Corpus TER of sacrebleu in percent, from 0 without an upper end. Value: TER of the sentence alone.
    /// Statistics: edits; mean length of the references in words.
    TER("ter", false, 0.0, null);

    private final String aggregation;
    private final boolean higherIsBetter;
    private final @Nullable Double lowest;
    private final @Nullable Double highest;

    CorpusMetric(String aggregation, boolean higherIsBetter, @Nullable Double lowest, @Nullable Double highest) {
        this.aggregation = aggregation;
        this.higherIsBetter = higherIsBetter;
        this.lowest = lowest;
        this.highest = highest;
    }

    /// The aggregation of that name in lm-evaluation-harness.
    public static Optional<CorpusMetric> named(String aggregation) {
        return Arrays.stream(values())
                .filter(metric -> metric.aggregation.equals(aggregation))
                .findFirst();
    }

    /// The name of the aggregation in lm-evaluation-harness.
    public String aggregation() {
        return aggregation;
    }

    /// Whether a larger aggregate is a better one, unless the task says otherwise.
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /// Smallest value that a sample can have; null: it depends on the metric, or there is none.
    public @Nullable Double lowest() {
        return lowest;
    }

    /// Largest value that a sample can have; null: it depends on the metric, or there is none.
    public @Nullable Double highest() {
        return highest;
    }

    /// Whether the metric follows from sums, and so can be watched while samples arrive.
    public boolean isStreaming() {
        return this != MEDIAN;
    }

    /// The metric over samples; null where it is not defined, as of no samples at all.
    ///
    /// @param n number of samples
    /// @param total sum of their values
    /// @param statistics sums of their statistics
    public @Nullable Double of(long n, double total, double... statistics) {
        return n == 0 ? null : compute(total / n, statistics);
    }

    private @Nullable Double compute(double mean, double[] sums) {
        return switch (this) {
            case MEAN, BRIER_SCORE -> mean;
            case NANMEAN -> at(sums, 1) == 0 ? null : Double.valueOf(at(sums, 0) / at(sums, 1));
            case MEDIAN -> null;
            case PERPLEXITY -> Math.exp(-mean);
            case WEIGHTED_PERPLEXITY -> at(sums, 1) == 0 ? null : Double.valueOf(Math.exp(-at(sums, 0) / at(sums, 1)));
            case BITS_PER_BYTE -> at(sums, 1) == 0 ? null : Double.valueOf(-at(sums, 0) / at(sums, 1) / Math.log(2));
            case F1 -> Confusion.of(sums).f1();
            case WEIGHTED_F1 -> Confusion.of(sums).weightedF1();
            case MACRO_F1 -> Confusion.of(sums).macroF1();
            case MICRO_F1 -> Confusion.of(sums).microF1();
            case MATTHEWS_CORRCOEF -> Confusion.of(sums).matthews();
            case BLEU -> BleuScore.of(sums);
            case CHRF, CHRF_PLUS_PLUS -> ChrfScore.of(sums);
            case TER -> TerScore.of(at(sums, 0), at(sums, 1));
        };
    }

    private static double at(double[] sums, int index) {
        return index < sums.length ? sums[index] : 0;
    }
}
