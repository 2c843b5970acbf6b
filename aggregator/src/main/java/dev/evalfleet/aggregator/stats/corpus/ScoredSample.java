package dev.evalfleet.aggregator.stats.corpus;

import dev.evalfleet.schemas.avro.Score;
import java.util.List;

/// The score of one sample in one metric.
///
/// @param statistics as the metric's [dev.evalfleet.schemas.metric.CorpusMetric] lays them out; empty for means
public record ScoredSample(double value, List<Double> statistics) {

    public ScoredSample {
        statistics = List.copyOf(statistics);
    }

    public static ScoredSample of(Score score) {
        return new ScoredSample(score.getValue(), score.getStatistics());
    }
}
