package dev.evalfleet.loadtest.simulate;

/// How long each sample takes, or each start of a worker. A sample that is done again takes as long again.
@FunctionalInterface
public interface Work {
    double seconds(int number);

    /// Lognormal with that mean, as the scripted backend draws it, and cut off where a text has as many tokens as it
    /// may.
    static Work lognormal(long seed, double meanSeconds, double sigma, double mostSeconds) {
        double shift = StrictMath.log(meanSeconds) - sigma * sigma / 2;
        return sample -> Math.min(mostSeconds, StrictMath.exp(shift + sigma * Draw.normal(seed, sample)));
    }

    /// What was measured; beyond that, the last that was.
    static Work given(double[] seconds) {
        double[] copy = seconds.clone();
        return number -> copy[Math.min(number, copy.length - 1)];
    }
}
