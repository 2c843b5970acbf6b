package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.BASELINE;
import static dev.evalfleet.aggregator.Fixtures.CANDIDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.schemas.avro.FailureKind;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.PairedMetric;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The stream's metrics equal what anyone would compute from the results topic afterwards, whatever the order, with
/// repeats.
class OfflineRecomputationTest {
    private static final int SAMPLES = 50;
    private static final Offset<Double> EXACT = within(1e-12);
    private static final MathContext DIGITS = new MathContext(60);

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void metricsEqualAnOfflineRecomputation(long seed) {
        Random random = new Random(seed);
        List<SampleResult> results = new ArrayList<>();
        Map<String, Long> sizes = new HashMap<>();
        for (int position = 0; position < SAMPLES; position++) {
            String slice = "level=" + random.nextInt(3);
            sizes.merge(slice, 1L, Long::sum);
            results.add(someResult(BASELINE, position, slice, random));
            results.add(someResult(CANDIDATE, position, slice, random));
        }
        List<SampleResult> deliveries = new ArrayList<>(results);
        results.stream().filter(_ -> random.nextInt(10) == 0).forEach(deliveries::add);
        Collections.shuffle(deliveries, random);

        try (TopologyUnderTest fleet = TopologyUnderTest.start()) {
            List<String> runs = List.of(BASELINE, CANDIDATE);
            fleet.plans(
                    Fixtures.sliced(Fixtures.compared(BASELINE, SAMPLES, BASELINE, runs), sizes),
                    Fixtures.sliced(Fixtures.compared(CANDIDATE, SAMPLES, BASELINE, runs), sizes));
            fleet.receives(deliveries.toArray(SampleResult[]::new));
            fleet.ticks();

            for (String run : runs) {
                List<SampleResult> mine = results.stream()
                        .filter(result -> result.getRunId().equals(run))
                        .toList();
                checkState(fleet.state(run), mine);
                assertThat(fleet.state(run).getDuplicates()).isEqualTo(repeats(deliveries, run));
                checkMetric(fleet.metric(run), mine);
                sizes.keySet().forEach(slice -> checkMetric(fleet.metric(run, slice), in(slice, mine)));
            }
            checkPairs(fleet.metric(CANDIDATE), results);
        }
    }

    private static SampleResult someResult(String runId, int position, String slice, Random random) {
        SampleResult result = random.nextInt(20) == 0
                ? Fixtures.failed(
                        runId, position, random.nextBoolean() ? FailureKind.MODEL : FailureKind.INFRASTRUCTURE, "some")
                : Fixtures.scored(runId, position, random.nextDouble());
        return SampleResult.newBuilder(result).setSlices(List.of(slice)).build();
    }

    private static void checkState(RunState state, List<SampleResult> results) {
        assertThat(state.getScored())
                .isEqualTo(results.stream().filter(r -> r.getFailure() == null).count());
        assertThat(state.getFailedModel()).isEqualTo(failures(results, FailureKind.MODEL));
        assertThat(state.getFailedInfrastructure()).isEqualTo(failures(results, FailureKind.INFRASTRUCTURE));
        assertThat(state.getStatus()).isIn(RunStatus.COMPLETED, RunStatus.INCOMPLETE);
    }

    private static void checkMetric(Metric metric, List<SampleResult> results) {
        List<Double> values = new ArrayList<>();
        for (SampleResult result : results) {
            Double value = value(result);
            if (value != null) {
                values.add(value);
            }
        }
        assertThat(metric.getN()).isEqualTo(values.size());
        assertThat(metric.getFailedModel()).isEqualTo(failures(results, FailureKind.MODEL));
        assertThat(metric.getFailedInfrastructure()).isEqualTo(failures(results, FailureKind.INFRASTRUCTURE));
        assertThat(metric.getValue()).isEqualTo(mean(values), EXACT);
        assertThat(metric.getStandardError()).isEqualTo(standardError(values), EXACT);
        assertThat(metric.getCompleted()).isTrue();
    }

    private static void checkPairs(Metric metric, List<SampleResult> results) {
        List<Double> differences = new ArrayList<>();
        for (int position = 0; position < SAMPLES; position++) {
            Double baseline = value(results.get(2 * position));
            Double candidate = value(results.get(2 * position + 1));
            if (baseline != null && candidate != null) {
                differences.add(candidate - baseline);
            }
        }
        PairedMetric paired = metric.getPaired();
        assertThat(paired.getPairs()).isEqualTo(differences.size());
        assertThat(paired.getDifference()).isEqualTo(mean(differences), EXACT);
        assertThat(paired.getStandardError()).isEqualTo(standardError(differences), EXACT);
        assertThat(paired.getGains())
                .isEqualTo(differences.stream().filter(d -> d > 0).count());
        assertThat(paired.getLosses())
                .isEqualTo(differences.stream().filter(d -> d < 0).count());
        assertThat(paired.getMcnemarP()).isNull();
    }

    private static long repeats(List<SampleResult> deliveries, String run) {
        return deliveries.stream().filter(r -> r.getRunId().equals(run)).count() - SAMPLES;
    }

    private static List<SampleResult> in(String slice, List<SampleResult> results) {
        return results.stream().filter(r -> r.getSlices().contains(slice)).toList();
    }

    private static long failures(List<SampleResult> results, FailureKind kind) {
        return results.stream()
                .filter(r -> r.getFailure() != null && r.getFailure().getKind() == kind)
                .count();
    }

    private static @Nullable Double value(SampleResult result) {
        if (result.getFailure() == null) {
            return result.getScores().getFirst().getValue();
        }
        return result.getFailure().getKind() == FailureKind.MODEL ? 0.0 : null;
    }

    private static double mean(List<Double> values) {
        return exactMean(values).doubleValue();
    }

    private static BigDecimal exactMean(List<Double> values) {
        return values.stream()
                .map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(BigDecimal.valueOf(values.size()), DIGITS);
    }

    private static double standardError(List<Double> values) {
        BigDecimal mean = exactMean(values);
        BigDecimal squares = values.stream()
                .map(value -> new BigDecimal(value).subtract(mean).pow(2))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        long n = values.size();
        return squares.divide(BigDecimal.valueOf(n * (n - 1)), DIGITS)
                .sqrt(DIGITS)
                .doubleValue();
    }
}
