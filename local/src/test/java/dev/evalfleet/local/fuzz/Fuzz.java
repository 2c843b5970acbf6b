package dev.evalfleet.local.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Changes good inputs in small bad ways, always the same ones for the same seed.
final class Fuzz {
    static final int INPUTS = 10_000;

    /// One input may not make us reserve more than this, in bytes.
    private static final long MOST_MEMORY = 256L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long seed;
    private final List<byte[]> good;
    private final List<String> words;

    /// @param words that mean something in this kind of input
    Fuzz(long seed, List<byte[]> good, List<String> words) {
        this.seed = seed;
        this.good = good;
        this.words = words;
    }

    /// What is done with an input.
    @FunctionalInterface
    interface Target {
        void take(byte[] input, RandomGenerator random) throws Exception;
    }

    /// @param expected how a bad input may be refused
    /// @return how many inputs were refused
    int each(Target target, Set<Class<? extends Throwable>> expected) {
        int refused = 0;
        for (int i = 0; i < INPUTS; i++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed + i);
            byte[] input = input(random);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                target.take(input, random);
            } catch (Throwable e) {
                if (!expected.contains(e.getClass())) {
                    throw new AssertionError("input " + i + ": " + shown(input), e);
                }
                refused++;
            }
            long used = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (used > MOST_MEMORY) {
                throw new AssertionError("input " + i + " took " + used + " bytes: " + shown(input));
            }
        }
        return refused;
    }

    /// A text out of an input, for targets that want several.
    String text(RandomGenerator random) {
        return new String(input(random), StandardCharsets.UTF_8);
    }

    private byte[] input(RandomGenerator random) {
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] input = good.get(random.nextInt(good.size()));
        int changes = random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            input = changed(input, random);
        }
        return input;
    }

    private byte[] changed(byte[] input, RandomGenerator random) {
        int at = input.length == 0 ? 0 : random.nextInt(input.length);
        int end = Math.min(input.length, at + 1 + random.nextInt(40));
        return switch (random.nextInt(6)) {
            case 0 -> joined(input, at, new byte[] {(byte) random.nextInt(256)}, Math.min(input.length, at + 1));
            case 1 -> joined(input, at, new byte[0], end);
            case 2 -> joined(input, at, slice(input, at, end, 1 + random.nextInt(20)), at);
            case 3 -> joined(input, at, word(random), at);
            case 4 -> joined(input, at, word(random), end);
            default -> {
                byte[] other = good.get(random.nextInt(good.size()));
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                yield joined(input, at, slice(other, from, other.length, 1), end);
            }
        };
    }

    private byte[] word(RandomGenerator random) {
        return words.isEmpty()
                ? new byte[] {-1, -1, -1, -1, 127}
                : words.get(random.nextInt(words.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] slice(byte[] input, int from, int to, int times) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.write(input, from, to - from);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[] input, int upTo, byte[] middle, int from) {
        var out = new ByteArrayOutputStream();
        out.write(input, 0, upTo);
        out.writeBytes(middle);
        out.write(input, from, input.length - from);
        return out.toByteArray();
    }

    private static String shown(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        return (text.length() <= 1500 ? text : text.substring(0, 1500)) + "\nbase64 "
                + Base64.getEncoder()
                        .encodeToString(input.length <= 3000 ? input : java.util.Arrays.copyOf(input, 3000));
    }
}
