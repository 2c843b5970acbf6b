package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.stats.sequential.MeanInterval;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunPlan;

/// What is published of the intervals.
public final class WatchReport {
    private final Watches watches;

    public WatchReport(Watches watches) {
        this.watches = watches;
    }

    /// Adds the intervals that are valid at every moment to a metric, where it has some.
    public void addTo(Metric.Builder report, RunPlan plan, MetricPlan metric) {
        if (!WatchPlan.canBeWatched(metric)) {
            return;
        }
        MetricWatch watch = watches.metric(plan, metric, report.getSlice());
        Goodness goodness = Goodness.of(metric);
        report.setFolded(watch.score().n());
        if (watch.score().n() > 0) {
            report.setLower(lower(goodness, watch.score()));
            report.setUpper(upper(goodness, watch.score()));
        }
        PairedMetric paired = report.getPaired();
        if (paired != null) {
            report.setPaired(with(paired, goodness, watch, plan));
        }
    }

    private static PairedMetric with(PairedMetric paired, Goodness goodness, MetricWatch watch, RunPlan plan) {
        PairedMetric.Builder report = PairedMetric.newBuilder(paired);
        MeanInterval difference = watch.difference();
        if (difference != null && difference.n() > 0) {
            report.setLower(lower(goodness, difference)).setUpper(upper(goodness, difference));
        }
        EProc regression = watch.regression();
        if (regression != null && PlanFacts.baselineRunId(plan) != null) {
            report.setEValue(regression.e());
        }
        return report.build();
    }

    private static double lower(Goodness goodness, MeanInterval interval) {
        return goodness.flipped() ? goodness.turned(interval.upper()) : interval.lower();
    }

    private static double upper(Goodness goodness, MeanInterval interval) {
        return goodness.flipped() ? goodness.turned(interval.lower()) : interval.upper();
    }
}
