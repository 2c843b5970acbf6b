package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.stats.CorpusStatistics;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusterMoments;
import dev.evalfleet.schemas.metric.CorpusMetric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept of one metric on one slice of a run.
///
/// @param clusters of the scores, for the whole run only
public record MetricTally(Moments scores, CorpusStatistics corpus, PairTally pairs, ClusterMoments clusters) {
    public static final Codec<MetricTally> CODEC = Codec.of(2, MetricTally::write, MetricTally::read);

    public static final MetricTally NONE =
            new MetricTally(Moments.NONE, CorpusStatistics.NONE, PairTally.NONE, ClusterMoments.NONE);

    /// @param cluster what is known of the sample's cluster so far; null: it is in none
    MetricTally plus(double score, List<Double> statistics, @Nullable ClusterTally cluster) {
        return new MetricTally(
                scores.plus(score),
                corpus.plus(statistics),
                pairs,
                cluster == null ? clusters : clusters.plus(cluster.scores(), score));
    }

    MetricTally plusPair(double candidate, double baseline, @Nullable ClusterTally cluster) {
        return new MetricTally(scores, corpus, pairs.plus(candidate, baseline, cluster), clusters);
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
        clusters.write(out);
    }

    private static MetricTally read(In in) {
        return new MetricTally(
                Moments.read(in),
                CorpusStatistics.read(in),
                PairTally.read(in),
                in.version() < 2 ? ClusterMoments.NONE : ClusterMoments.read(in));
    }
}
