package dev.evalfleet.loadtest.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.evalfleet.loadtest.scaling.ScalingRules.Select;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class HpaTest {
    private static final Duration SYNC = Duration.ofSeconds(15);
    private Instant now = Instant.EPOCH;

    @Test
    void decidesWhatKubernetesOwnControllerDecides() throws IOException {
        JsonNode scenarios = Vectors.read("hpa.json");

        assertThat(scenarios).hasSizeGreaterThan(30);
        for (JsonNode scenario : scenarios) {
            Hpa hpa = new Hpa(pool(
                    scenario.get("minReplicas").asInt(),
                    scenario.get("maxReplicas").asInt(),
                    scenario.get("lagThreshold").asLong(),
                    rules(scenario.get("up")),
                    rules(scenario.get("down"))));
            for (JsonNode step : scenario.get("steps")) {
                int desired = hpa.sync(
                        Instant.EPOCH.plusSeconds(step.get("at").asLong()),
                        step.get("current").asInt(),
                        step.get("pods").asInt(),
                        step.get("lag").asLong());

                assertThat(desired)
                        .as("%s in %s %s", step, scenario.get("up"), scenario.get("down"))
                        .isEqualTo(step.get("desired").asInt());
            }
        }
    }

    @Test
    void lagPerPodWithinATenthOfTheTargetChangesNothing() {
        Hpa hpa = usual(8);

        assertThat(sync(hpa, 4, 44)).isEqualTo(4);
        assertThat(sync(hpa, 4, 45)).isEqualTo(5);
    }

    @Test
    void itGrowsByFourPodsOrDoublesWhicheverIsMore() {
        Hpa hpa = usual(100);

        assertThat(sync(hpa, 1, 10_000)).isEqualTo(5);
        assertThat(sync(hpa, 5, 10_000)).isEqualTo(10);
        assertThat(sync(hpa, 10, 10_000)).isEqualTo(20);
        assertThat(sync(hpa, 20, 10_000)).isEqualTo(40);
    }

    @Test
    void itShrinksOnlyWhenNobodyWantedMoreForTheWholeWindow() {
        Hpa hpa = usual(8);
        sync(hpa, 8, 80);

        List<Integer> sizes = new ArrayList<>();
        for (int sync = 0; sync < 21; sync++) {
            sizes.add(sync(hpa, 8, 10));
        }

        assertThat(sizes.subList(0, 19)).containsOnly(8);
        assertThat(sizes.subList(19, 21)).containsOnly(1);
    }

    @Test
    void aPolicyOfOnePodAMinuteTakesOnePodAMinute() {
        ScalingRules slow =
                new ScalingRules(Duration.ZERO, Select.MAX, List.of(ScalingPolicy.pods(1, Duration.ofMinutes(1))));
        Hpa hpa = new Hpa(pool(1, 8, 10, ScalingRules.defaultUp(), slow));

        List<Integer> sizes = new ArrayList<>();
        int size = 8;
        for (int sync = 0; sync < 9; sync++) {
            size = sync(hpa, size, 0);
            sizes.add(size);
        }

        assertThat(sizes).containsExactly(7, 7, 7, 7, 6, 6, 6, 6, 5);
    }

    @Test
    void wakingFromZeroIsNotItsBusiness() {
        assertThat(sync(usual(8), 0, 1_000)).isZero();
    }

    private int sync(Hpa hpa, int current, long lag) {
        int desired = hpa.sync(now, current, current, lag);
        now = now.plus(SYNC);
        return desired;
    }

    private static Hpa usual(int maxReplicas) {
        return new Hpa(pool(0, maxReplicas, 10, ScalingRules.defaultUp(), ScalingRules.defaultDown()));
    }

    static ScaledPool pool(int min, int max, long lagThreshold, ScalingRules up, ScalingRules down) {
        return new ScaledPool(
                min,
                max,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                ScaledPool.SYNC_PERIOD,
                ScaledPool.TOLERANCE,
                KafkaTrigger.withLagThreshold(lagThreshold),
                up,
                down);
    }

    private static ScalingRules rules(JsonNode rules) {
        List<ScalingPolicy> policies = new ArrayList<>();
        rules.get("policies")
                .forEach(policy -> policies.add(new ScalingPolicy(
                        ScalingPolicy.Kind.valueOf(policy.get("type").asText().toUpperCase(Locale.ROOT)),
                        policy.get("value").asInt(),
                        Duration.ofSeconds(policy.get("periodSeconds").asLong()))));
        return new ScalingRules(
                Duration.ofSeconds(rules.get("stabilizationSeconds").asLong()),
                Select.valueOf(rules.get("select").asText().toUpperCase(Locale.ROOT)),
                policies);
    }
}
