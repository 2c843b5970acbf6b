package dev.evalfleet.aggregator.stats.report;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Standard error of a mean over samples that come in clusters (Miller 2024, CR0):
/// sqrt(sum over clusters of (sum of deviations in the cluster)^2) / n.
///
/// @param cr0 without small-sample correction
/// @param cr1 times sqrt(C / (C - 1)), to be shown with fewer than 50 clusters; NaN for one cluster
/// @param clusters number of clusters, C
public record ClusteredError(double cr0, double cr1, long clusters) {

    /// Below this many clusters [#cr1] is the one to show.
    private static final int FEW_CLUSTERS = 50;

    /// The error of the mean of `values`, where values with equal cluster belong together.
    public static ClusteredError of(double[] values, List<String> clusters) {
        if (values.length != clusters.size() || values.length == 0) {
            throw new IllegalArgumentException("needs one cluster per value, got %d values and %d clusters"
                    .formatted(values.length, clusters.size()));
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        Map<String, Double> deviations = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            deviations.merge(clusters.get(i), values[i] - mean, Double::sum);
        }
        double squares = deviations.values().stream().mapToDouble(d -> d * d).sum();
        return of(squares, values.length, deviations.size());
    }

    /// @param squares sum over clusters of the squared sum of deviations
    static ClusteredError of(double squares, long n, long clusters) {
        double cr0 = Math.sqrt(squares) / n;
        double cr1 = clusters == 1 ? Double.NaN : cr0 * Math.sqrt((double) clusters / (clusters - 1));
        return new ClusteredError(cr0, cr1, clusters);
    }

    /// The one to show for this number of clusters; null for a single one, of which nothing follows.
    public @Nullable Double shown() {
        return clusters == 1 ? null : (Double) (clusters < FEW_CLUSTERS ? cr1 : cr0);
    }
}
