package dev.evalfleet.aggregator.stats.corpus;

import dev.evalfleet.runtime.python.PythonRandom;
import java.util.stream.IntStream;

/// The bootstrap of lm-evaluation-harness: samples are drawn again with replacement, in chunks of up to 1000
/// replicates, the i-th chunk by CPython's generator seeded with i. Deterministic, hence the same standard error
/// digit for digit.
final class Bootstrap {

    private static final int CHUNK = 1000;

    private Bootstrap() {}

    /// Standard deviation of the metric over the replicates. Chunks run in parallel.
    static double standardError(SampleColumns samples, int iterations) {
        int chunk = Math.min(CHUNK, iterations);
        double[] replicates = IntStream.range(0, iterations / chunk)
                .parallel()
                .boxed()
                .flatMapToDouble(seed -> {
                    PythonRandom random = new PythonRandom(seed);
                    return IntStream.range(0, chunk)
                            .mapToDouble(_ -> samples.metric(_ -> random.choice(samples.size())));
                })
                .toArray();
        return SampleColumns.sampleDeviation(replicates);
    }
}
