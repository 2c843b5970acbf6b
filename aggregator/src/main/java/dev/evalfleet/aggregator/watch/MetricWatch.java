package dev.evalfleet.aggregator.watch;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.stats.sequential.ClusterUnit;
import dev.evalfleet.aggregator.stats.sequential.EProc;
import dev.evalfleet.aggregator.stats.sequential.Gate;
import dev.evalfleet.aggregator.stats.sequential.MeanInterval;
import dev.evalfleet.aggregator.tally.PlanFacts;
import dev.evalfleet.aggregator.watch.Goodness.Range;
import dev.evalfleet.schemas.avro.MetricPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// One metric on one slice, folded in the seeded order: the displayed intervals, the e-process of a regression, and,
/// for the whole run, its gates. The same samples give the same bytes, however they arrived.
///
/// @param score interval of the mean
/// @param difference interval of the mean difference to the baseline; null where its size is not known
/// @param regression against "not worse than the baseline on questions like these"; null without a baseline
public record MetricWatch(
        MeanInterval score, @Nullable MeanInterval difference, @Nullable EProc regression, GatePair gates) {
    public static final Codec<MetricWatch> CODEC = Codec.of(1, MetricWatch::write, MetricWatch::read);

    static MetricWatch start(RunPlan plan, MetricPlan metric, String slice) {
        Goodness goodness = Goodness.of(metric);
        double alpha = WatchPlan.alpha(plan);
        boolean compared = PlanFacts.baselineRunId(plan) != null;
        boolean whole = slice.equals(PlanFacts.WHOLE);
        Long pairs = WatchPlan.pairs(plan, slice);
        double range = goodness.range();
        boolean clusters = whole && !plan.getClusterSizes().isEmpty();
        EProc regression = clusters ? ClusterUnit.eProcess(0, range) : EProc.population(0, -range, range);
        return new MetricWatch(
                MeanInterval.dataset(alpha, PlanFacts.expected(plan, slice), goodness.worst(), goodness.best()),
                compared && pairs != null ? MeanInterval.dataset(alpha, pairs, -range, range) : null,
                compared ? regression : null,
                whole ? GatePair.of(plan, metric) : GatePair.NONE);
    }

    /// @param paired the difference to the baseline; null where there is none
    void fold(RunPlan plan, String slice, Range value, @Nullable Range paired) {
        if (score.n() < PlanFacts.expected(plan, slice)) {
            score.fold(value.best(), value.worst());
        }
        Long pairs = WatchPlan.pairs(plan, slice);
        if (difference != null && paired != null && pairs != null && difference.n() < pairs) {
            difference.fold(paired.best(), paired.worst());
        }
        gates.fold(plan, value, paired);
    }

    private void write(Out out) {
        out.blob(score.toBytes());
        out.flag(difference != null);
        if (difference != null) {
            out.blob(difference.toBytes());
        }
        out.flag(regression != null);
        if (regression != null) {
            out.blob(bytes(regression));
        }
        write(out, gates.relative());
        write(out, gates.absolute());
    }

    private static MetricWatch read(In in) {
        return new MetricWatch(
                MeanInterval.fromBytes(in.blob()),
                in.flag() ? MeanInterval.fromBytes(in.blob()) : null,
                in.flag() ? eProcess(in.blob()) : null,
                new GatePair(gate(in), gate(in)));
    }

    private static void write(Out out, @Nullable Gate gate) {
        out.flag(gate != null);
        if (gate != null) {
            out.blob(gate.toBytes());
        }
    }

    private static @Nullable Gate gate(In in) {
        return in.flag() ? Gate.fromBytes(in.blob()) : null;
    }

    private static byte[] bytes(EProc process) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            process.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static EProc eProcess(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return EProc.readFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
