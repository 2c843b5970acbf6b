package dev.evalfleet.producer.gate;

import dev.evalfleet.schemas.Ids;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.BaselinePlan;
import dev.evalfleet.schemas.avro.EvalRequest;
import org.jspecify.annotations.Nullable;

/// What a run is compared with, and under which key its results meet those of the other side.
///
/// @param pairGroup empty: with nothing
/// @param baseline null: with nothing, or it is the baseline itself
/// @param isBaseline whether others of the request are compared with this run
public record Comparison(String pairGroup, @Nullable BaselinePlan baseline, boolean isBaseline) {

    /// With a run of the same request:
    ///
    /// * a baseline model: all other models, and with variants all other variants, with its first variant;
    /// * no baseline but variants: each variant with the first one on the same model;
    /// * else with nothing.
    public static Comparison within(
            EvalRequest request, String task, String model, @Nullable String variant, long samples) {
        Baseline named = request.getBaseline();
        String first = request.getVariants().isEmpty()
                ? null
                : request.getVariants().getFirst().getName();
        String group = Ids.pairGroup(request.getRequestId(), task);
        String against;
        if (named != null) {
            against = Ids.runId(request.getRequestId(), task, named.getValue(), first);
        } else if (request.getVariants().size() > 1) {
            group = Ids.runId(request.getRequestId(), task, model, null); // one baseline a model: one group a model
            against = Ids.runId(request.getRequestId(), task, model, first);
        } else {
            return new Comparison("", null, false);
        }
        boolean isBaseline = against.equals(Ids.runId(request.getRequestId(), task, model, variant));
        return isBaseline
                ? new Comparison(group, null, true)
                : new Comparison(
                        group,
                        BaselinePlan.newBuilder()
                                .setRunId(against)
                                .setPairs(samples)
                                .build(),
                        false);
    }

    /// With a run outside the request, as [BaselineCheck] resolved it.
    public static Comparison outside(BaselinePlan baseline) {
        String run = String.valueOf(baseline.getRunId());
        String group = baseline.getName() == null ? Ids.externalRun(run) : Ids.frozenBaseline(baseline.getName(), run);
        return new Comparison(group, baseline, false);
    }

    /// Whether the request names a baseline that is not one of its own runs.
    public static boolean isOutside(@Nullable Baseline baseline) {
        return baseline != null && baseline.getKind() != BaselineKind.MODEL;
    }

    /// Whether any run of the request is compared with another.
    public static boolean isMade(EvalRequest request) {
        return request.getBaseline() != null || request.getVariants().size() > 1;
    }
}
