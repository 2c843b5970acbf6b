package dev.evalfleet.aggregator.stats.sequential;

/// A cluster of dependent samples as one unit of a population claim: documents about one passage are not independent
/// questions, so the cluster is folded as a whole.
///
/// The unit's value is (n_c / n_max) * mean_c(-d) - (n_c / n_max) * tolerance, tested against mean <= 0 with bounds
/// [-range - tolerance, range]: sizes weigh, and unequal sizes are allowed.
///
/// @param size samples of the cluster
/// @param sum sum of the differences candidate minus baseline
public record ClusterUnit(long size, double sum) {

    /// The value to fold once the cluster is complete.
    public double value(long largest, double tolerance) {
        if (size < 1 || size > largest) {
            throw new IllegalArgumentException("cluster size must be in [1, %d], was %d".formatted(largest, size));
        }
        double weight = (double) size / largest;
        return weight * (-sum / size) - weight * tolerance;
    }

    /// This cluster with one more difference.
    public ClusterUnit plus(double difference) {
        return new ClusterUnit(size + 1, sum + difference);
    }

    /// The e-process that folds such units.
    public static EProc eProcess(double tolerance, double range) {
        return EProc.population(0, -range - tolerance, range);
    }
}
