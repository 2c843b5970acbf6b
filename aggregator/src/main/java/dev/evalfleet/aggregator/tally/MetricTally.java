package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.stats.CorpusStatistics;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept of one metric on one slice of a run.
public record MetricTally(Moments scores, CorpusStatistics corpus, PairTally pairs) {
    public static final Codec<MetricTally> CODEC = Codec.of(1, MetricTally::write, MetricTally::read);

    public static final MetricTally NONE = new MetricTally(Moments.NONE, CorpusStatistics.NONE, PairTally.NONE);

    MetricTally plus(double score, List<Double> statistics) {
        return new MetricTally(scores.plus(score), corpus.plus(statistics), pairs);
    }

    MetricTally plusPair(double candidate, double baseline) {
        return new MetricTally(scores, corpus, pairs.plus(candidate, baseline));
    }

    /// The aggregate of the scores; null where there is none, as of nothing.
    public @Nullable Double value(CorpusMetric aggregation) {
        return aggregation == CorpusMetric.MEAN
                ? scores.mean()
                : aggregation.of(scores.n(), scores.sum().value(), corpus.values());
    }

    private void write(Out out) {
        scores.write(out);
        corpus.write(out);
        pairs.write(out);
    }

    private static MetricTally read(In in) {
        return new MetricTally(Moments.read(in), CorpusStatistics.read(in), PairTally.read(in));
    }
}
