package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.stats.sequential.Gate;
import dev.evalfleet.aggregator.stats.sequential.MeanInterval;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import org.jspecify.annotations.Nullable;

/// What one gate says.
///
/// @param relative whether it looks at differences to the baseline
/// @param interval of what it looks at
record Finding(MetricPlan metric, Gate gate, boolean relative, @Nullable MeanInterval interval) {

    VerdictOutcome outcome() {
        return switch (gate.outcome()) {
            case FAIL -> VerdictOutcome.FAIL;
            case PASS, PASS_WITH_REGRESSION -> VerdictOutcome.PASS;
            case REGRESSION, UNDECIDED, INCOMPLETE -> VerdictOutcome.UNDECIDED;
        };
    }

    /// Samples folded when it was reached, or now.
    long n() {
        return switch (outcome()) {
            case FAIL -> gate.failedAt().orElse(gate.n());
            case PASS -> gate.passedAt().orElse(gate.n());
            default -> gate.n();
        };
    }

    /// The e-value that decided, as it stood then, or what speaks for a pass now; null when it is infinite: then the
    /// values leave no other end.
    @Nullable
    Double eValue() {
        double e = gate.decidingE();
        return Double.isInfinite(e) ? null : e;
    }

    @Nullable
    Double lower() {
        Goodness goodness = Goodness.of(metric);
        if (interval == null) {
            return null;
        }
        return goodness.flipped()
                ? goodness.turned(gate.clipUpper(interval.upper()))
                : (Double) gate.clipLower(interval.lower());
    }

    @Nullable
    Double upper() {
        Goodness goodness = Goodness.of(metric);
        if (interval == null) {
            return null;
        }
        return goodness.flipped()
                ? goodness.turned(gate.clipLower(interval.lower()))
                : (Double) gate.clipUpper(interval.upper());
    }
}
