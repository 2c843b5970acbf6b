package dev.evalfleet.schemas.metric;

/// Unbiased estimate of the chance that one of `k` outputs solves a problem, from `n` outputs of which `c` do (Chen et
/// al. 2021): 1 - C(n - c, k) / C(n, k).
public final class PassAtK {

    private PassAtK() {}

    /// The estimate for one problem, in [0, 1].
    public static double of(int n, int c, int k) {
        if (k < 1 || k > n || c < 0 || c > n) {
            throw new IllegalArgumentException(
                    "needs 1 <= k <= n and 0 <= c <= n, was n=%d c=%d k=%d".formatted(n, c, k));
        }
        if (n - c < k) {
            return 1;
        }
        double none = 1;
        for (int i = n - c + 1; i <= n; i++) {
            none *= 1 - (double) k / i;
        }
        return 1 - none;
    }
}
