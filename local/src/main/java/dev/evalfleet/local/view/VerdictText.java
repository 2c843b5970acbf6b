package dev.evalfleet.local.view;

import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Verdicts and alerts for people.
public final class VerdictText {

    private VerdictText() {}

    /// Whether a gate let it pass: every tolerance holds. `PASS_WITH_REGRESSION` is a pass: worse beyond doubt, but
    /// within what the gates tolerate. Without a verdict nothing passes.
    public static boolean passed(Optional<RunState> state) {
        return state.map(RunState::getVerdict)
                .map(Verdict::getOutcome)
                .filter(outcome -> outcome == VerdictOutcome.PASS || outcome == VerdictOutcome.PASS_WITH_REGRESSION)
                .isPresent();
    }

    /// `PASS`, `PASS WITH REGRESSION` and so on; empty without a verdict.
    public static String word(@Nullable Verdict verdict) {
        return verdict == null ? "" : verdict.getOutcome().name().replace('_', ' ');
    }

    /// The verdict with what it rests on.
    public static String line(Verdict verdict) {
        StringBuilder line = new StringBuilder(word(verdict));
        if (!verdict.getMetric().isEmpty()) {
            line.append("  ").append(verdict.getMetric());
        }
        line.append(verdict.getClaim() == Claim.DATASET ? " on this dataset" : " on questions like these")
                .append(", n = ")
                .append(Show.count(verdict.getN()))
                .append(" of ")
                .append(Show.count(verdict.getExpected()));
        if (verdict.getEValue() != null) {
            line.append(", e-value ").append(eValue(verdict.getEValue()));
        }
        if (verdict.getLower() != null && verdict.getUpper() != null) {
            line.append(", interval ").append(interval(verdict.getLower(), verdict.getUpper()));
        }
        return verdict.getReason().isEmpty()
                ? line.toString()
                : line.append(": ").append(verdict.getReason()).toString();
    }

    /// An alert as it comes: its kind, and the statement, which names task and model.
    public static String line(Alert alert) {
        return "ALERT " + alert.getKind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + alert.getMessage();
    }

    /// As evidence is compared: few digits, and infinite where the values leave no other end.
    public static String eValue(double e) {
        if (Double.isInfinite(e)) {
            return "∞";
        }
        return e >= 1e6 ? String.format(Locale.ROOT, "%.0e", e) : String.format(Locale.ROOT, "%,.1f", e);
    }

    /// An interval with its ends.
    public static String interval(double lower, double upper) {
        return String.format(Locale.ROOT, "[%.4f, %.4f]", lower, upper);
    }
}
