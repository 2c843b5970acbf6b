package dev.evalfleet.worker.inference.djl.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.evalfleet.schemas.avro.GenerationParams;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Chooses the next token: the most likely one, or one drawn by temperature, top-k and top-p, in this order.
public final class Sampler {

    private static final JsonMapper JSON = new JsonMapper();
    // Parameters of lm-eval tasks that change nothing here, whatever they say, or only with this value.
    private static final Set<String> IGNORED =
            Set.of("top_k", "use_cache", "early_stopping", "length_penalty", "pad_token_id", "return_dict_in_generate");
    private static final Map<String, Double> NEUTRAL = Map.of(
            "num_beams", 1.0,
            "num_beam_groups", 1.0,
            "num_return_sequences", 1.0,
            "repetition_penalty", 1.0,
            "typical_p", 1.0,
            "min_p", 0.0,
            "min_length", 0.0,
            "no_repeat_ngram_size", 0.0,
            "presence_penalty", 0.0,
            "frequency_penalty", 0.0);

    private final double temperature;
    private final int topK;
    private final double topP;
    private final SplittableRandom random;

    Sampler(GenerationParams params, long seed) {
        temperature = samples(params) ? orElse(params.getTemperature(), 1.0) : 0.0;
        topK = (int) orElse(number(params.getExtra().get("top_k")), 0);
        topP = orElse(params.getTopP(), 1.0);
        random = new SplittableRandom(seed);
    }

    /// Whether two calls with different seeds may give different texts.
    static boolean samples(GenerationParams params) {
        return params.getDoSample() && orElse(params.getTemperature(), 1.0) > 0;
    }

    /// Why these parameters cannot be honoured; null when they can.
    public static @Nullable String refusal(GenerationParams params) {
        for (var extra : new TreeMap<>(params.getExtra()).entrySet()) {
            String value = extra.getValue();
            Double neutral = NEUTRAL.get(extra.getKey());
            boolean harmless = IGNORED.contains(extra.getKey())
                    || value.equals("null")
                    || (neutral != null && neutral.equals(number(value)));
            if (!harmless) {
                return "the djl backend cannot generate with " + extra.getKey() + " = " + value
                        + "; remove it from generation_kwargs, or serve the model with an OpenAI-compatible server";
            }
        }
        return null;
    }

    private static @Nullable Double number(@Nullable String json) {
        try {
            var value = json == null ? null : JSON.readTree(json);
            return value == null || !value.isNumber() ? null : Double.valueOf(value.doubleValue());
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static double orElse(@Nullable Double value, double fallback) {
        return value == null ? fallback : value;
    }

    /// The next token, or -1 when no logit is a number.
    int next(float[] logits) {
        int best = best(logits);
        if (temperature == 0.0 || best < 0) {
            return best;
        }
        double[] shares = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            shares[i] = Math.exp((logits[i] - logits[best]) / temperature);
            sum += shares[i];
        }
        return topK == 0 && topP >= 1.0 ? draw(shares, sum) : drawOfMostLikely(shares, sum);
    }

    /// The most likely token, the first of equals; -1 when none is a number.
    static int best(float[] logits) {
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > most) {
                most = logits[i];
                best = i;
            }
        }
        return best;
    }

    private int draw(double[] shares, double sum) {
        double left = random.nextDouble() * sum;
        int last = 0;
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                last = i;
                left -= shares[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    private int drawOfMostLikely(double[] shares, double sum) {
        // Less than this share can never be in the nucleus, and need not be sorted.
        double least = topP < 1.0 ? (1 - topP) * sum / shares.length : 0;
        int[] order = IntStream.range(0, shares.length)
                .filter(i -> shares[i] > least)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> shares[i]).reversed())
                .mapToInt(Integer::intValue)
                .limit(topK == 0 ? Long.MAX_VALUE : topK)
                .toArray();
        double mass = Arrays.stream(order).mapToDouble(i -> shares[i]).sum();
        double reached = 0;
        int kept = 0;
        while (kept < order.length && (kept == 0 || reached < topP * (topK == 0 ? sum : mass))) {
            reached += shares[order[kept++]];
        }
        double left = random.nextDouble() * reached;
        for (int i = 0; i < kept; i++) {
            left -= shares[order[i]];
            if (left < 0) {
                return order[i];
            }
        }
        return order[kept - 1];
    }
}
