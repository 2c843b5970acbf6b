package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.Score;
import java.util.List;

/// The value of one metric on one sample.
///
/// @param statistics sufficient statistics of a corpus metric; empty for means
public record ScoreValue(String metric, String filter, double value, List<Double> statistics) {

    public ScoreValue {
        statistics = List.copyOf(statistics);
    }

    public static ScoreValue of(Score score) {
        return new ScoreValue(score.getMetric(), score.getFilter(), score.getValue(), score.getStatistics());
    }

    /// Whether this is a value of that metric.
    public boolean isOf(MetricPlan plan) {
        return metric.equals(plan.getMetric()) && filter.equals(plan.getFilter());
    }

    void write(Out out) {
        out.text(metric).text(filter).real(value).list(statistics, Out::real);
    }

    static ScoreValue read(In in) {
        return new ScoreValue(in.text(), in.text(), in.real(), in.list(In::real));
    }
}
