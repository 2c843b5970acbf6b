package dev.evalfleet.producer.dispatch;

import dev.evalfleet.runtime.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the tokens of a pool's models cost: one price for all, and others for the models that are named.
public record TokenPrices(Price ofPool, Map<String, Price> byModel) {
    /// Nothing is known.
    public static final TokenPrices NONE = new TokenPrices(new Price(null, null), Map.of());

    private static final String PROMPT = "prompt-token-price";
    private static final String OUTPUT = "output-token-price";

    /// @param prompt of a million prompt tokens; null where it is not known
    /// @param output of a million output tokens; null where it is not known
    public record Price(@Nullable Double prompt, @Nullable Double output) {
        public Price {
            check(PROMPT, prompt);
            check(OUTPUT, output);
        }

        private static void check(String key, @Nullable Double price) {
            if (price != null && !(price >= 0)) {
                throw new IllegalArgumentException(key + " must not be negative, was " + price);
            }
        }

        /// Whether a cost can be counted.
        public boolean isKnown() {
            return prompt != null || output != null;
        }
    }

    public TokenPrices {
        byModel = Map.copyOf(byModel);
    }

    /// What a model's tokens cost.
    public Price of(String model) {
        return Objects.requireNonNullElse(byModel.get(model), ofPool);
    }

    /// Reads the prices of a pool, and its section `model-prices`.
    ///
    /// @param models of the pool: others have no price here
    static Supplier<TokenPrices> reader(Settings pool, List<String> models) {
        Supplier<Price> ofPool = price(pool);
        Map<String, Supplier<Price>> byModel = new HashMap<>();
        for (Settings of : pool.sections("model-prices")) {
            byModel.put(of.string("model"), price(of));
        }
        return () -> {
            Map<String, Price> prices = new HashMap<>();
            byModel.forEach((model, price) -> {
                if (!models.contains(model)) {
                    throw new IllegalArgumentException(
                            "model-prices names model \"%s\", which is not one of %s".formatted(model, models));
                }
                prices.put(model, price.get());
            });
            return new TokenPrices(ofPool.get(), prices);
        };
    }

    private static Supplier<Price> price(Settings section) {
        Double prompt = section.optionalNumber(PROMPT);
        Double output = section.optionalNumber(OUTPUT);
        return () -> new Price(prompt, output);
    }
}
