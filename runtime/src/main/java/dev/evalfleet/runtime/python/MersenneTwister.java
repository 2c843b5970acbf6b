package dev.evalfleet.runtime.python;

/// MT19937 (Matsumoto and Nishimura 1998), seeded by an array of words as CPython seeds it.
final class MersenneTwister {
    private static final int N = 624;
    private static final int M = 397;
    private static final int UPPER = 0x80000000;
    private static final int LOWER = 0x7fffffff;

    private final int[] state = new int[N];
    private int next = N;

    MersenneTwister(int... key) {
        seed(19650218);
        int i = 1;
        int j = 0;
        for (int k = Math.max(N, key.length); k > 0; k--) {
            state[i] = (state[i] ^ (mixed(i) * 1664525)) + key[j] + j;
            i = following(i);
            j = j + 1 < key.length ? j + 1 : 0;
        }
        for (int k = N - 1; k > 0; k--) {
            state[i] = (state[i] ^ (mixed(i) * 1566083941)) - i;
            i = following(i);
        }
        state[0] = UPPER;
    }

    /// The next 32 bits.
    int next() {
        if (next == N) {
            turn();
            next = 0;
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    private void seed(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * mixed(i) + i;
        }
    }

    private int mixed(int i) {
        return state[i - 1] ^ (state[i - 1] >>> 30);
    }

    private int following(int i) {
        if (i + 1 < N) {
            return i + 1;
        }
        state[0] = state[N - 1];
        return 1;
    }

    private void turn() {
        for (int i = 0; i < N - M; i++) {
            state[i] = state[i + M] ^ twisted(i, i + 1);
        }
        for (int i = N - M; i < N - 1; i++) {
            state[i] = state[i + M - N] ^ twisted(i, i + 1);
        }
        state[N - 1] = state[M - 1] ^ twisted(N - 1, 0);
    }

    private int twisted(int i, int j) {
        int y = (state[i] & UPPER) | (state[j] & LOWER);
        return (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
    }
}
