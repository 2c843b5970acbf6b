package dev.evalfleet.runtime.python;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// CPython's `random.Random(seed)` for integers and texts: the same draws, number for number (checked against 3.11).
/// Not thread-safe.
public final class PythonRandom {
    private final MersenneTwister twister;

    public PythonRandom(long seed) {
        long magnitude = Math.abs(seed);
        int low = (int) magnitude;
        int high = (int) (magnitude >>> 32);
        twister = high == 0 ? new MersenneTwister(low) : new MersenneTwister(low, high);
    }

    /// A text is the number that its UTF-8 bytes and their SHA-512 make.
    public PythonRandom(String seed) {
        this.twister = new MersenneTwister(key(seed));
    }

    private static int[] key(String seed) {
        byte[] text = seed.getBytes(StandardCharsets.UTF_8);
        byte[] digest = sha512(text);
        byte[] all = Arrays.copyOf(text, text.length + digest.length);
        System.arraycopy(digest, 0, all, text.length, digest.length);
        int[] words = new int[(all.length + 3) / 4];
        for (int i = 0; i < all.length; i++) { // the last byte is the lowest
            words[i / 4] |= (all[all.length - 1 - i] & 0xff) << (8 * (i % 4));
        }
        int length = words.length;
        while (length > 1 && words[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(words, length);
    }

    private static byte[] sha512(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-512", e);
        }
    }

    /// `random()`: a double in [0, 1) with 53 random bits.
    public double random() {
        long high = Integer.toUnsignedLong(twister.next()) >>> 5;
        long low = Integer.toUnsignedLong(twister.next()) >>> 6;
        return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
    }

    /// `getrandbits(bits)`, for 0 to 63 bits.
    public long bits(int bits) {
        if (bits < 0 || bits > 63) {
            throw new IllegalArgumentException("bits must be from 0 to 63, was " + bits);
        }
        if (bits == 0) {
            return 0;
        }
        long low = Integer.toUnsignedLong(twister.next());
        return bits <= 32 ? low >>> (32 - bits) : low | (Integer.toUnsignedLong(twister.next()) >>> (64 - bits)) << 32;
    }

    /// `randrange(n)`: uniform over 0 to n-1.
    public long below(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("n must be at least 1, was " + n);
        }
        int width = 64 - Long.numberOfLeadingZeros(n);
        long drawn = bits(width);
        while (drawn >= n) {
            drawn = bits(width);
        }
        return drawn;
    }

    /// One index of `choices(population)`, whose draw differs from that of [#below].
    public int choice(int populationSize) {
        return (int) (random() * populationSize);
    }

    /// `choices(population, k=count)`: with replacement, equal weights.
    public <T> List<T> choices(List<T> population, int count) {
        List<T> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drawn.add(population.get(choice(population.size())));
        }
        return drawn;
    }

    /// `sample(range(populationSize), count)`: without replacement.
    public int[] sample(int populationSize, int count) {
        if (count < 0 || count > populationSize) {
            throw new IllegalArgumentException("cannot sample " + count + " of " + populationSize);
        }
        return populationSize <= poolLimit(count)
                ? sampleFromPool(populationSize, count)
                : sampleByRejection(populationSize, count);
    }

    /// `sample(population, k=count)`.
    public <T> List<T> sample(List<T> population, int count) {
        List<T> drawn = new ArrayList<>(count);
        for (int index : sample(population.size(), count)) {
            drawn.add(population.get(index));
        }
        return drawn;
    }

    /// `shuffle(list)`, in place.
    public void shuffle(List<?> list) {
        for (int i = list.size() - 1; i > 0; i--) {
            Collections.swap(list, i, (int) below(i + 1L));
        }
    }

    // CPython guesses which of a list and a set takes less memory; the guess decides which numbers are drawn.
    private static double poolLimit(int count) {
        return count <= 5 ? 21 : 21 + Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4)));
    }

    private int[] sampleFromPool(int populationSize, int count) {
        int[] pool = new int[populationSize];
        for (int i = 0; i < populationSize; i++) {
            pool[i] = i;
        }
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int j = (int) below(populationSize - i);
            drawn[i] = pool[j];
            pool[j] = pool[populationSize - i - 1];
        }
        return drawn;
    }

    private int[] sampleByRejection(int populationSize, int count) {
        Set<Integer> selected = new HashSet<>();
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int j = (int) below(populationSize);
            while (!selected.add(j)) {
                j = (int) below(populationSize);
            }
            drawn[i] = j;
        }
        return drawn;
    }
}
