package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.outcome.Answer;
import dev.evalfleet.aggregator.outcome.Answer.Ending;
import dev.evalfleet.schemas.avro.MetricPlan;
import org.jspecify.annotations.Nullable;

/// A metric turned so that larger is better: values of metrics where lower is better change their sign.
record Goodness(boolean flipped, double worst, double best) {

    /// What a value may be: one number, or anything between two while it is not known.
    record Range(double best, double worst) {
        /// Candidate minus baseline.
        Range minus(Range other) {
            return new Range(best - other.worst, worst - other.best);
        }
    }

    static Goodness of(MetricPlan metric) {
        Double lower = metric.getLower();
        Double upper = metric.getUpper();
        if (lower == null || upper == null) {
            throw new IllegalArgumentException(metric.getMetric() + " has no bounds: it cannot be watched");
        }
        return metric.getHigherIsBetter() ? new Goodness(false, lower, upper) : new Goodness(true, -upper, -lower);
    }

    /// Difference of the bounds.
    double range() {
        return best - worst;
    }

    /// Anything: nothing is known of the value.
    Range unknown() {
        return new Range(best, worst);
    }

    /// The value of an answer. A failure of the model counts as the metric says, or else as the worst value; one of the
    /// machinery may hide any value.
    Range of(@Nullable Answer answer, MetricPlan metric) {
        if (answer == null || answer.ending() == Ending.INFRASTRUCTURE_FAILED) {
            return unknown();
        }
        Double value = answer.valueFor(metric);
        if (value == null) {
            return answer.scored() ? unknown() : new Range(worst, worst);
        }
        double turned = turned(value);
        return new Range(turned, turned);
    }

    /// There and back.
    double turned(double value) {
        return flipped ? 0.0 - value : value;
    }
}
