package dev.evalfleet.loadtest.simulate;

/// Numbers that depend on a seed and on what they are for, and not on the order in which they are asked for.
final class Draw {
    private Draw() {}

    /// In [0, 1).
    static double uniform(long seed, long what) {
        return (mix(mix(seed) + what) >>> 11) * 0x1.0p-53;
    }

    /// Standard normal (Box-Muller).
    static double normal(long seed, long what) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(seed, 2 * what)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(seed, 2 * what + 1));
    }

    static double exponential(long seed, long what, double mean) {
        return -mean * StrictMath.log(1 - uniform(seed, what));
    }

    // SplitMix64's finaliser.
    private static long mix(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
