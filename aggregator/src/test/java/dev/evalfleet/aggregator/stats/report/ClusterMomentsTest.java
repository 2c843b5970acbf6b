package dev.evalfleet.aggregator.stats.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.aggregator.codec.Codec;
import dev.evalfleet.aggregator.stats.Moments;
import dev.evalfleet.aggregator.stats.report.ClusterMoments.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterMomentsTest {
    private static final Codec<ClusterMoments> CODEC = Codec.of(1, ClusterMoments::write, ClusterMoments::read);

    private Moments all = Moments.NONE;
    private ClusterMoments sums = ClusterMoments.NONE;
    private final Map<String, Cluster> clusters = new HashMap<>();

    private void add(double value, String cluster) {
        Cluster before = clusters.getOrDefault(cluster, Cluster.EMPTY);
        sums = sums.plus(before, value);
        clusters.put(cluster, before.plus(value));
        all = all.plus(value);
    }

    @Test
    void theErrorIsThatOfAllValuesTogether() {
        Random random = new Random(3);
        for (int count : new int[] {1, 5, 49, 50, 200}) {
            all = Moments.NONE;
            sums = ClusterMoments.NONE;
            clusters.clear();
            double[] values = new double[400];
            List<String> names = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                values[i] = 1_000 + random.nextGaussian();
                names.add("c" + (i < count ? i : random.nextInt(count)));
                add(values[i], names.get(i));
            }
            ClusteredError whole = ClusteredError.of(values, names);
            ClusteredError running = Objects.requireNonNull(sums.error(all));

            assertThat(running.clusters()).isEqualTo(count);
            assertThat(running.cr0()).isEqualTo(whole.cr0(), within(1e-11));
            assertThat(CODEC.fromBytes(CODEC.toBytes(sums))).isEqualTo(sums);
        }
    }

    @Test
    void aValueInNoClusterIsOneOfItsOwn() {
        add(1, "a");
        add(0, "a");
        add(1, "b");
        all = all.plus(0);
        all = all.plus(1);

        ClusteredError whole = ClusteredError.of(new double[] {1, 0, 1, 0, 1}, List.of("a", "a", "b", "c", "d"));
        ClusteredError running = Objects.requireNonNull(sums.error(all));
        assertThat(running.clusters()).isEqualTo(4);
        assertThat(running.cr1()).isEqualTo(whole.cr1(), within(1e-15));
        assertThat(running.shown()).isEqualTo(running.cr1());
    }

    @Test
    void withoutClustersThereIsNoClusteredError() {
        assertThat(ClusterMoments.NONE.error(Moments.NONE.plus(1))).isNull();
        add(0.3, "only");
        add(0.4, "only");
        assertThat(Objects.requireNonNull(sums.error(all)).shown()).isNull();
    }
}
