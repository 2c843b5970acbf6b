package dev.evalfleet.producer.dispatch;

import dev.evalfleet.runtime.Settings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Which pool serves which model, and how each pool is fed: configuration of the producer, `producer.pools`.
public record PoolCatalogue(List<Pool> pools) {

    public PoolCatalogue {
        pools = List.copyOf(pools);
        Set<String> names = new HashSet<>();
        Map<String, String> poolByModel = new HashMap<>();
        for (Pool pool : pools) {
            if (!names.add(pool.name())) {
                throw new IllegalArgumentException("producer.pools has pool \"" + pool.name() + "\" twice");
            }
            for (String model : pool.models()) {
                String other = poolByModel.put(model, pool.name());
                if (other != null) {
                    throw new IllegalArgumentException("producer.pools: model \"" + model + "\" is in pool \"" + other
                            + "\" and in pool \"" + pool.name() + "\"; a model belongs to one pool");
                }
            }
        }
    }

    /// Reads the `pools` of section `producer`.
    ///
    /// @param defaultPartitions partitions of a pool's topic where the pool does not say
    public static PoolCatalogue from(Settings producer, int defaultPartitions) {
        List<Pool> pools = producer.sections("pools").stream()
                .map(pool -> Pool.from(pool, defaultPartitions))
                .toList();
        return new PoolCatalogue(pools);
    }

    public Optional<Pool> poolOf(String model) {
        return pools.stream().filter(pool -> pool.models().contains(model)).findFirst();
    }

    public Optional<Pool> named(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /// Every model that can be asked for, in the order of the catalogue.
    public List<String> models() {
        return pools.stream().flatMap(pool -> pool.models().stream()).toList();
    }

    /// A set of workers that serve the same models: one topic, one consumer group.
    ///
    /// @param concurrency samples a worker of the pool runs at once
    /// @param lagThreshold lag per worker at which the autoscaler starts one more
    /// @param lowMark the pool is topped up when less than this is outstanding; by default enough for full scale
    ///     and for
    ///     every partition to have something
    /// @param highMark and then up to this
    /// @param adaptive whether the marks grow with the pool's measured throughput; false where they were set
    public record Pool(
            String name,
            List<String> models,
            int concurrency,
            int lagThreshold,
            int maxReplicas,
            int lowMark,
            int highMark,
            Routing.Policy routing,
            TokenPrices prices,
            int partitions,
            boolean adaptive) {
        private static final int DEFAULT_CONCURRENCY = 8;
        private static final int MOST_OUTSTANDING = 1_000_000;

        public Pool {
            models = List.copyOf(models);
            check(name.matches("[a-zA-Z0-9._-]{1,100}"), name, "name", "must be 1 to 100 letters, digits, . _ -");
            check(!models.isEmpty(), name, "models", "must name at least one model");
            check(concurrency >= 1, name, "concurrency", "must be at least 1, was " + concurrency);
            check(lagThreshold >= 1, name, "lag-threshold", "must be at least 1, was " + lagThreshold);
            check(maxReplicas >= 1, name, "max-replicas", "must be at least 1, was " + maxReplicas);
            check(partitions >= 1, name, "partitions", "must be at least 1, was " + partitions);
            check(
                    maxReplicas <= partitions,
                    name,
                    "max-replicas",
                    "is " + maxReplicas + ", but the pool's topic has " + partitions
                            + " partitions and every worker needs one: lower it, or raise partitions");
            long fullScale = (long) lagThreshold * maxReplicas;
            check(
                    lowMark >= fullScale,
                    name,
                    "low-mark",
                    "is " + lowMark + ", but " + maxReplicas + " replicas start only at a lag of lag-threshold "
                            + lagThreshold + " x " + maxReplicas + " = " + fullScale + ": raise it to that at least");
            check(
                    highMark >= lowMark,
                    name,
                    "high-mark",
                    "must be at least low-mark (" + lowMark + "), was " + highMark);
        }

        /// A pool with the defaults: as many partitions as the fleet's topics usually have, marks that adapt.
        public static Pool of(String name, List<String> models, int partitions) {
            return from(Settings.of(Map.of("name", name, "models", models)), partitions);
        }

        static Pool from(Settings pool, int defaultPartitions) {
            String name = pool.string("name");
            List<String> models = pool.strings("models");
            int concurrency = pool.integer("concurrency", DEFAULT_CONCURRENCY);
            int lagThreshold = pool.integer("lag-threshold", concurrency);
            int maxReplicas = pool.integer("max-replicas", 1);
            int partitions = pool.integer("partitions", defaultPartitions);
            int givenLow = pool.integer("low-mark", 0);
            int givenHigh = pool.integer("high-mark", 0);
            boolean adaptive = !pool.has("low-mark") && !pool.has("high-mark");
            long enough = Math.max((long) lagThreshold * maxReplicas, adaptive ? partitions : givenHigh / 2);
            int lowMark = pool.has("low-mark") ? givenLow : (int) Math.min(enough, MOST_OUTSTANDING);
            int highMark = pool.has("high-mark") ? givenHigh : (int) Math.min(2L * lowMark, MOST_OUTSTANDING);
            String routing = pool.string("routing", Routing.Policy.LEAST_OUTSTANDING.label());
            Supplier<TokenPrices> prices = TokenPrices.reader(pool, models);
            return pool.build(() -> new Pool(
                    name,
                    models,
                    concurrency,
                    lagThreshold,
                    maxReplicas,
                    lowMark,
                    highMark,
                    Routing.Policy.named(routing),
                    prices(name, prices),
                    partitions,
                    adaptive));
        }

        private static TokenPrices prices(String pool, Supplier<TokenPrices> prices) {
            try {
                return prices.get();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("pool \"" + pool + "\": " + e.getMessage(), e);
            }
        }

        private static void check(boolean holds, String pool, String key, String sentence) {
            if (!holds) {
                throw new IllegalArgumentException("pool \"" + pool + "\": " + key + " " + sentence);
            }
        }
    }
}
