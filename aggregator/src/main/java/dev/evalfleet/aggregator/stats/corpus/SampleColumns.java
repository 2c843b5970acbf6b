package dev.evalfleet.aggregator.stats.corpus;

import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// The scores of many samples, laid out so that a metric over any selection of them is quick: of the statistics
/// only what is not zero is kept. Sums are taken one after the other, as Python's `sum` does.
final class SampleColumns {

    private final CorpusMetric metric;
    private final double[] values;
    private final int[][] places;
    private final double[][] statistics;
    private final int width;

    SampleColumns(CorpusMetric metric, List<ScoredSample> samples) {
        this.metric = metric;
        this.values = samples.stream().mapToDouble(ScoredSample::value).toArray();
        this.places = new int[samples.size()][];
        this.statistics = new double[samples.size()][];
        this.width = samples.stream()
                .mapToInt(sample -> sample.statistics().size())
                .max()
                .orElse(0);
        for (int i = 0; i < samples.size(); i++) {
            List<Double> all = samples.get(i).statistics();
            int[] present = IntStream.range(0, all.size())
                    .filter(place -> all.get(place) != 0)
                    .toArray();
            places[i] = present;
            statistics[i] = Arrays.stream(present).mapToDouble(all::get).toArray();
        }
    }

    int size() {
        return values.length;
    }

    /// The metric over all samples.
    double metric() {
        return metric(i -> i);
    }

    /// The metric over as many samples as there are, the i-th being the one that is selected for i. Not a number
    /// where it is not defined.
    double metric(IntUnaryOperator selected) {
        if (metric == CorpusMetric.MEDIAN) {
            return median(selected);
        }
        double total = 0;
        double[] sums = new double[width];
        for (int i = 0; i < values.length; i++) {
            int sample = selected.applyAsInt(i);
            total += values[sample];
            for (int k = 0; k < places[sample].length; k++) {
                sums[places[sample][k]] += statistics[sample][k];
            }
        }
        Double value = metric.of(values.length, total, sums);
        return value == null ? Double.NaN : value;
    }

    private double median(IntUnaryOperator selected) {
        double[] sorted = IntStream.range(0, values.length)
                .map(selected)
                .mapToDouble(sample -> values[sample])
                .sorted()
                .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    /// Standard error of the mean of the values.
    double errorOfMean() {
        return sampleDeviation(values) / Math.sqrt(values.length);
    }

    static double sampleDeviation(double... values) {
        double mean = sum(values) / values.length;
        double[] squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .toArray();
        return Math.sqrt(sum(squares) / (values.length - 1));
    }

    // Not DoubleStream.sum(), which compensates.
    private static double sum(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
