package dev.evalfleet.loadtest.autoscale;

import dev.evalfleet.loadtest.scaling.ScaledPool;
import dev.evalfleet.loadtest.simulate.FleetModel;
import java.time.Duration;

/// What is run.
///
/// @param samples of the request
/// @param concurrency samples a worker runs at once
/// @param latency of a sample, in the mean
/// @param latencySigma spread of it (lognormal)
/// @param drain how long a worker that is told to stop finishes what it has
record LiveModel(
        int samples,
        int concurrency,
        Duration latency,
        double latencySigma,
        Duration drain,
        FleetModel.Feed feed,
        ScaledPool pool,
        long seed) {
    static final String POOL = "pool";
    static final String MODEL = "scripted";
    static final String TASK = "colours";
    static final String REQUEST = "autoscale";

    LiveModel {
        if (samples < 1 || concurrency < 1) {
            throw new IllegalArgumentException(
                    "samples and concurrency must be at least 1, were " + samples + " and " + concurrency);
        }
        if (pool.maxReplicas() > feed.partitions()) {
            throw new IllegalArgumentException("every worker needs a partition, but there are " + feed.partitions()
                    + " for up to " + pool.maxReplicas() + " workers");
        }
    }
}
