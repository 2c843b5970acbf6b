package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.stats.McNemar;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusterMoments;
import dev.evalfleet.aggregator.stats.report.ClusteredError;
import dev.evalfleet.schemas.avro.PairedMetric;
import org.jspecify.annotations.Nullable;

/// A candidate against its baseline on the samples that both have a value for.
///
/// @param binary whether every score so far was 0 or 1
/// @param clusters of the differences, for the whole run only
public record PairTally(
        Moments difference,
        Moments candidate,
        Moments baseline,
        long gains,
        long losses,
        boolean binary,
        ClusterMoments clusters) {
    public static final PairTally NONE =
            new PairTally(Moments.NONE, Moments.NONE, Moments.NONE, 0, 0, true, ClusterMoments.NONE);

    PairTally plus(double candidateScore, double baselineScore, @Nullable ClusterTally cluster) {
        double change = candidateScore - baselineScore;
        return new PairTally(
                difference.plus(change),
                candidate.plus(candidateScore),
                baseline.plus(baselineScore),
                gains + (candidateScore > baselineScore ? 1 : 0),
                losses + (candidateScore < baselineScore ? 1 : 0),
                binary && isBinary(candidateScore) && isBinary(baselineScore),
                cluster == null ? clusters : clusters.plus(cluster.differences(), change));
    }

    /// McNemar's test of gains against losses; null unless scores are 0 or 1.
    private @Nullable McNemar mcNemar() {
        return binary ? new McNemar(gains, losses) : null;
    }

    /// What is published of it; null before the first pair.
    public @Nullable PairedMetric report(@Nullable String baselineRunId) {
        Double mean = difference.mean();
        if (mean == null || baselineRunId == null) {
            return null;
        }
        McNemar test = mcNemar();
        ClusteredError error = clusters.error(difference);
        return PairedMetric.newBuilder()
                .setBaselineRunId(baselineRunId)
                .setPairs(difference.n())
                .setDifference(mean)
                .setStandardError(difference.standardError())
                .setGains(gains)
                .setLosses(losses)
                .setClusteredStandardError(error == null ? null : error.shown())
                .setMcnemarP(test == null ? null : test.exactP())
                .setMcnemarMidP(test == null ? null : test.midP())
                .setCandidateMean(candidate.mean())
                .setBaselineMean(baseline.mean())
                .build();
    }

    void write(Out out) {
        difference.write(out);
        candidate.write(out);
        baseline.write(out);
        out.whole(gains).whole(losses).flag(binary);
        clusters.write(out);
    }

    static PairTally read(In in) {
        return new PairTally(
                Moments.read(in),
                Moments.read(in),
                Moments.read(in),
                in.whole(),
                in.whole(),
                in.flag(),
                in.version() < 2 ? ClusterMoments.NONE : ClusterMoments.read(in));
    }

    private static boolean isBinary(double score) {
        return score == 0 || score == 1;
    }
}
