package dev.evalfleet.worker.inference.djl.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.schemas.avro.GenerationParams;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final float[] LOGITS = {
        (float) Math.log(0.1), (float) Math.log(0.6), (float) Math.log(0.25), (float) Math.log(0.05)
    };

    private static GenerationParams sampling(double temperature, double topP) {
        return GenerationParams.newBuilder()
                .setDoSample(true)
                .setTemperature(temperature)
                .setTopP(topP)
                .build();
    }

    private static double[] shares(GenerationParams params) {
        var sampler = new Sampler(params, 1);
        double[] shares = new double[LOGITS.length];
        for (int i = 0; i < 20_000; i++) {
            shares[sampler.next(LOGITS)] += 1.0 / 20_000;
        }
        return shares;
    }

    @Test
    void withoutSamplingTheMostLikelyTokenComes() {
        GenerationParams params = sampling(5, 1);
        params.setDoSample(false);

        assertThat(new Sampler(params, 1).next(LOGITS)).isEqualTo(1);
        assertThat(new Sampler(sampling(0, 1), 1).next(LOGITS)).isEqualTo(1);
    }

    @Test
    void atTemperatureOneTokensComeAsOftenAsTheModelSays() {
        assertThat(shares(sampling(1, 1))).containsExactly(new double[] {0.1, 0.6, 0.25, 0.05}, within(0.015));
    }

    @Test
    void temperatureSharpensOrFlattens() {
        double sum = 0.01 + 0.36 + 0.0625 + 0.0025;

        assertThat(shares(sampling(0.5, 1)))
                .containsExactly(new double[] {0.01 / sum, 0.36 / sum, 0.0625 / sum, 0.0025 / sum}, within(0.015));
    }

    @Test
    void topPKeepsTheFewestTokensThatReachIt() {
        assertThat(shares(sampling(1, 0.8)))
                .containsExactly(new double[] {0, 0.6 / 0.85, 0.25 / 0.85, 0}, within(0.015));
        assertThat(shares(sampling(1, 0.1))).containsExactly(new double[] {0, 1, 0, 0}, within(1e-9));
    }

    @Test
    void topKKeepsTheMostLikelyTokens() {
        GenerationParams params = sampling(1, 1);
        params.setExtra(Map.of("top_k", "3"));

        assertThat(shares(params))
                .containsExactly(new double[] {0.1 / 0.95, 0.6 / 0.95, 0.25 / 0.95, 0}, within(0.015));
    }

    @Test
    void logitsThatAreNotNumbersGiveNoToken() {
        assertThat(new Sampler(sampling(1, 1), 1).next(new float[] {Float.NaN, Float.NaN}))
                .isNegative();
    }
}
