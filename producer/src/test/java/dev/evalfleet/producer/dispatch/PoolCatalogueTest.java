package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.TokenPrices.Price;
import dev.evalfleet.runtime.InvalidConfigException;
import dev.evalfleet.runtime.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolCatalogueTest {

    @Test
    void aPoolNeedsOnlyANameAndItsModels() {
        Pool pool = Pool.of("tiny", List.of("v1", "v2"), 64);

        assertThat(pool)
                .isEqualTo(new Pool(
                        "tiny",
                        List.of("v1", "v2"),
                        8,
                        8,
                        1,
                        64,
                        128,
                        Routing.Policy.LEAST_OUTSTANDING,
                        TokenPrices.NONE,
                        64,
                        true));
    }

    @Test
    void everySettingIsRead() {
        PoolCatalogue catalogue = catalogue(Map.ofEntries(
                Map.entry("name", "gpu"),
                Map.entry("models", List.of("llama", "bert")),
                Map.entry("concurrency", 4),
                Map.entry("lag-threshold", 5),
                Map.entry("max-replicas", 6),
                Map.entry("low-mark", 40),
                Map.entry("high-mark", 90),
                Map.entry("routing", "round-robin"),
                Map.entry("prompt-token-price", 0.5),
                Map.entry("output-token-price", 1.5),
                Map.entry("model-prices", List.of(Map.of("model", "bert", "prompt-token-price", 0.1))),
                Map.entry("partitions", 12)));

        assertThat(catalogue.pools())
                .containsExactly(new Pool(
                        "gpu",
                        List.of("llama", "bert"),
                        4,
                        5,
                        6,
                        40,
                        90,
                        Routing.Policy.ROUND_ROBIN,
                        new TokenPrices(new Price(0.5, 1.5), Map.of("bert", new Price(0.1, null))),
                        12,
                        false));
        TokenPrices prices = catalogue.pools().getFirst().prices();
        assertThat(prices.of("llama")).isEqualTo(new Price(0.5, 1.5));
        assertThat(prices.of("bert")).isEqualTo(new Price(0.1, null));
        assertThat(catalogue.poolOf("llama")).map(Pool::name).hasValue("gpu");
        assertThat(catalogue.poolOf("other")).isEmpty();
    }

    @Test
    void oneMarkImpliesTheOther() {
        assertThat(catalogue(pool("low-mark", 100)).pools().getFirst().highMark())
                .isEqualTo(200);
        assertThat(catalogue(pool("high-mark", 100)).pools().getFirst().lowMark())
                .isEqualTo(50);
    }

    @Test
    void rejectsAWindowTooSmallForTheAutoscaler() {
        assertThatThrownBy(() -> catalogue(pool("lag-threshold", 10, "max-replicas", 8, "low-mark", 79)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("pool \"p\": low-mark is 79, but 8 replicas start only at a lag of lag-threshold"
                        + " 10 x 8 = 80: raise it to that at least");
    }

    @Test
    void rejectsMoreReplicasThanPartitions() {
        assertThatThrownBy(() -> catalogue(pool("max-replicas", 65)))
                .hasMessageContaining("pool \"p\": max-replicas is 65, but the pool's topic has 64 partitions and"
                        + " every worker needs one: lower it, or raise partitions");
    }

    @Test
    void rejectsMarksInTheWrongOrder() {
        assertThatThrownBy(() -> catalogue(pool("low-mark", 20, "high-mark", 10)))
                .hasMessageContaining("pool \"p\": high-mark must be at least low-mark (20), was 10");
    }

    @Test
    void rejectsANegativePrice() {
        assertThatThrownBy(() -> catalogue(pool("prompt-token-price", -1.0)))
                .hasMessageContaining("pool \"p\": prompt-token-price must not be negative, was -1.0");
    }

    @Test
    void rejectsAPriceOfAModelThatThePoolDoesNotServe() {
        assertThatThrownBy(() -> catalogue(pool("model-prices", List.of(Map.of("model", "x")))))
                .hasMessageContaining("pool \"p\": model-prices names model \"x\", which is not one of [m]");
    }

    @Test
    void rejectsAnUnknownRouting() {
        assertThatThrownBy(() -> catalogue(pool("routing", "best")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("routing must be one of least-outstanding, round-robin, but is \"best\"");
    }

    @Test
    void rejectsAPoolWithoutNameOrModels() {
        assertThatThrownBy(() -> catalogue(Map.of("concurrency", 1))).hasMessageContaining("name is required");
        assertThatThrownBy(() -> catalogue(Map.of("name", "p")))
                .hasMessageContaining("pool \"p\": models must name at least one model");
    }

    @Test
    void rejectsAModelInTwoPools() {
        assertThatThrownBy(() ->
                        new PoolCatalogue(List.of(Pool.of("a", List.of("m"), 4), Pool.of("b", List.of("n", "m"), 4))))
                .hasMessage(
                        "producer.pools: model \"m\" is in pool \"a\" and in pool \"b\"; a model belongs to one pool");
    }

    private static Map<String, Object> pool(Object... keysAndValues) {
        Map<String, Object> pool = new HashMap<>(Map.of("name", "p", "models", List.of("m")));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pool.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return pool;
    }

    private static PoolCatalogue catalogue(Map<String, Object> pool) {
        Settings settings = Settings.of(Map.of("producer", Map.of("pools", List.of(pool))));
        return PoolCatalogue.from(settings.section("producer"), 64);
    }
}
