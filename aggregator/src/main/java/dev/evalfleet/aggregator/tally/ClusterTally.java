package dev.evalfleet.aggregator.tally;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.stats.report.ClusterMoments.Cluster;

/// What one cluster of documents came to in one metric: documents about one passage are not independent questions, and
/// the error of a mean must know.
public record ClusterTally(Cluster scores, Cluster differences) {
    public static final Codec<ClusterTally> CODEC = Codec.of(
            1,
            (tally, out) -> {
                tally.scores.write(out);
                tally.differences.write(out);
            },
            in -> new ClusterTally(Cluster.read(in), Cluster.read(in)));

    static final ClusterTally NONE = new ClusterTally(Cluster.EMPTY, Cluster.EMPTY);

    ClusterTally plusScore(double score) {
        return new ClusterTally(scores.plus(score), differences);
    }

    ClusterTally plusDifference(double difference) {
        return new ClusterTally(scores, differences.plus(difference));
    }
}
