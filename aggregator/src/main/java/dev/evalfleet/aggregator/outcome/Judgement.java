package dev.evalfleet.aggregator.outcome;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A verdict and how strong it is.
///
/// @param failE the largest e-value against "does not fail" so far, infinite when the values leave no other end
public record Judgement(Verdict verdict, double failE) {

    /// From bad to good. What failed is certain and stands first; what is incomplete may hide anything; a
    /// regression is certain, but no gate was reached; undecided is no pass; a pass is one even if the
    /// questions show a regression within what is tolerated.
    private static final List<VerdictOutcome> WORST_FIRST = List.of(
            VerdictOutcome.FAIL,
            VerdictOutcome.INCOMPLETE,
            VerdictOutcome.REGRESSION,
            VerdictOutcome.UNDECIDED,
            VerdictOutcome.PASS_WITH_REGRESSION,
            VerdictOutcome.PASS);

    public static final Comparator<VerdictOutcome> WORST = Comparator.comparingInt(WORST_FIRST::indexOf);

    public VerdictOutcome outcome() {
        return verdict.getOutcome();
    }

    public boolean passes() {
        return outcome() == VerdictOutcome.PASS || outcome() == VerdictOutcome.PASS_WITH_REGRESSION;
    }

    public void write(Out out) {
        out.text(outcome().name()).text(verdict.getClaim().name()).text(verdict.getMetric());
        out.whole(verdict.getN()).whole(verdict.getExpected());
        out.real(orNaN(verdict.getEValue())).real(orNaN(verdict.getLower())).real(orNaN(verdict.getUpper()));
        out.text(verdict.getReason()).real(failE);
    }

    public static Judgement read(In in) {
        Verdict verdict = Verdict.newBuilder()
                .setOutcome(VerdictOutcome.valueOf(in.text()))
                .setClaim(Claim.valueOf(in.text()))
                .setMetric(in.text())
                .setN(in.whole())
                .setExpected(in.whole())
                .setEValue(orNull(in.real()))
                .setLower(orNull(in.real()))
                .setUpper(orNull(in.real()))
                .setReason(in.text())
                .build();
        return new Judgement(verdict, in.real());
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
