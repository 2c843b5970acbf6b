package dev.evalfleet.aggregator.stats.report;

import dev.evalfleet.aggregator.codec.In;
import dev.evalfleet.aggregator.codec.Out;
import dev.evalfleet.aggregator.stats.DoubleDouble;
import dev.evalfleet.aggregator.stats.Moments;
import org.jspecify.annotations.Nullable;

/// Sums over clusters that still grow, from which the clustered standard error of a mean follows at any time: with n
/// the size and S the sum of a cluster, Σ(S − n·x̄)² = ΣS² − 2x̄·ΣSn + x̄²·Σn². They carry about 32 digits, as it
/// cancels.
///
/// @param clusters how many there are
/// @param members the values that are in one; all others are clusters of their own
/// @param squares ΣS²
/// @param products ΣSn
/// @param sizes Σn²
public record ClusterMoments(long clusters, Moments members, DoubleDouble squares, DoubleDouble products, long sizes) {
    public static final ClusterMoments NONE =
            new ClusterMoments(0, Moments.NONE, DoubleDouble.ZERO, DoubleDouble.ZERO, 0);

    /// What is smaller than this share of the squares is rounding, not spread.
    private static final double ROUNDING = 0x1p-92;

    /// What is kept of one cluster.
    public record Cluster(long size, DoubleDouble sum) {
        public static final Cluster EMPTY = new Cluster(0, DoubleDouble.ZERO);

        public Cluster plus(double value) {
            return new Cluster(size + 1, sum.plus(value));
        }

        public void write(Out out) {
            out.whole(size).real(sum.high()).real(sum.low());
        }

        public static Cluster read(In in) {
            return new Cluster(in.whole(), new DoubleDouble(in.real(), in.real()));
        }
    }

    /// With one more value in a cluster.
    ///
    /// @param before the cluster without it
    public ClusterMoments plus(Cluster before, double value) {
        DoubleDouble twice = before.sum.times(DoubleDouble.of(2 * value));
        return new ClusterMoments(
                clusters + (before.size == 0 ? 1 : 0),
                members.plus(value),
                squares.plus(twice).plus(DoubleDouble.product(value, value)),
                products.plus(before.sum).plus(DoubleDouble.product(value, before.size + 1.0)),
                sizes + 2 * before.size + 1);
    }

    /// The error of the mean of all values, those in no cluster included; null where none is in one.
    public @Nullable ClusteredError error(Moments all) {
        if (clusters == 0) {
            return null;
        }
        long alone = all.n() - members.n();
        DoubleDouble mean = DoubleDouble.of(all.sum().value() / all.n());
        DoubleDouble sums = products.plus(all.sum()).minus(members.sum());
        DoubleDouble whole = squares.plus(all.squares()).minus(members.squares());
        DoubleDouble spread = whole.minus(mean.times(sums).times(DoubleDouble.of(2)))
                .plus(mean.times(mean).times(DoubleDouble.of((double) (sizes + alone))));
        boolean isSpread = spread.value() > whole.value() * ROUNDING;
        return ClusteredError.of(isSpread ? spread.value() : 0, all.n(), clusters + alone);
    }

    public void write(Out out) {
        out.whole(clusters);
        members.write(out);
        out.real(squares.high()).real(squares.low());
        out.real(products.high()).real(products.low()).whole(sizes);
    }

    public static ClusterMoments read(In in) {
        return new ClusterMoments(
                in.whole(),
                Moments.read(in),
                new DoubleDouble(in.real(), in.real()),
                new DoubleDouble(in.real(), in.real()),
                in.whole());
    }
}
