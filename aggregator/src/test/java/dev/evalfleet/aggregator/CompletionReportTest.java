package dev.evalfleet.aggregator;

import static dev.evalfleet.aggregator.Fixtures.BASELINE;
import static dev.evalfleet.aggregator.Fixtures.CANDIDATE;
import static dev.evalfleet.aggregator.Fixtures.compared;
import static dev.evalfleet.aggregator.Fixtures.scored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.evalfleet.aggregator.stats.report.ClusteredError;
import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.SampleResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is said of a run that went to its end, and of documents that belong together.
class CompletionReportTest {
    private static final List<String> BOTH = List.of(BASELINE, CANDIDATE);

    private final TopologyUnderTest fleet = TopologyUnderTest.start();

    @AfterEach
    void close() {
        fleet.close();
    }

    private static SampleResult of(String runId, int position, double score) {
        return SampleResult.newBuilder(scored(runId, position, score))
                .setClusterId("passage-" + position / 4)
                .build();
    }

    private static RunPlan clustered(RunPlan plan, int expected) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (int position = 0; position < expected; position++) {
            sizes.merge("passage-" + position / 4, 1L, Long::sum);
        }
        return RunPlan.newBuilder(plan).setClusterSizes(sizes).build();
    }

    private void pairs(int count, int losses) {
        fleet.plans(
                clustered(compared(BASELINE, 40, BASELINE, BOTH), 40),
                clustered(compared(CANDIDATE, 40, BASELINE, BOTH), 40));
        for (int position = 0; position < count; position++) {
            fleet.receives(of(BASELINE, position, 1), of(CANDIDATE, position, position < losses ? 0 : 1));
        }
        fleet.ticks();
    }

    @Test
    void aCompletedRunHasItsErrorsByClusterItsIntervalAndBothMcNemars() {
        pairs(40, 8);

        Metric metric = fleet.metric(CANDIDATE);
        double[] scores = new double[40];
        List<String> clusters = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            scores[i] = i < 8 ? 0 : 1;
            clusters.add("passage-" + i / 4);
        }
        double expected = ClusteredError.of(scores, clusters).cr1();
        assertThat(metric.getClusters()).isEqualTo(10);
        assertThat(metric.getClusteredStandardError()).isEqualTo(expected, within(1e-14));
        assertThat(metric.getStandardError())
                .isEqualTo(0.0640512615, within(1e-9))
                .isLessThan(expected);
        assertThat(metric.getWilsonLower()).isEqualTo(0.6524269, within(1e-7));
        assertThat(metric.getWilsonUpper()).isEqualTo(0.8950001, within(1e-7));
        assertThat(metric.getPaired().getClusteredStandardError()).isEqualTo(expected, within(1e-14));
        assertThat(metric.getPaired().getMcnemarP()).isEqualTo(2 / 256.0, within(1e-15));
        assertThat(metric.getPaired().getMcnemarMidP()).isEqualTo(1 / 256.0, within(1e-15));
    }

    @Test
    void nothingOfThatIsSaidOfARunThatSomebodyEnded() {
        pairs(20, 8);
        assertThat(fleet.metric(CANDIDATE).getWilsonLower()).isNull();
        fleet.controls(CANDIDATE, ControlAction.CANCEL);
        fleet.ticks();

        Metric metric = fleet.metric(CANDIDATE);
        assertThat(metric.getStandardError()).isNull();
        assertThat(metric.getClusteredStandardError()).isNull();
        assertThat(metric.getWilsonLower()).isNull();
        assertThat(metric.getPaired().getMcnemarP()).isNull();
        assertThat(metric.getPaired().getMcnemarMidP()).isNull();
        assertThat(metric.getLower()).isNotNull();
    }

    @Test
    void documentsThatBelongTogetherAreOneUnitOfAClaimAboutQuestionsLikeThese() {
        pairs(15, 15);
        assertThat(fleet.metric(CANDIDATE).getPaired().getEValue()).isGreaterThan(1);
        assertThat(fleet.alerts()).as("15 losses, but 3 passages").isEmpty();

        for (int position = 15; position < 40; position++) {
            fleet.receives(of(BASELINE, position, 1), of(CANDIDATE, position, 0));
        }
        fleet.ticks();

        assertThat(fleet.alerts())
                .singleElement()
                .extracting(Alert::getMessage)
                .asString()
                .contains("clusters)");
    }

    @Test
    void thatSomeSliceIsWorseIsSaidEvenIfItLooksBetterAgainBeforeAnybodyLooks() {
        Map<String, Long> sizes = Map.of("level=easy", 60L, "level=hard", 60L);
        Gates gates = Gates.newBuilder()
                .setMaxRegression(Map.of("exact_match", 0.9))
                .setSlices(List.of("level"))
                .build();
        fleet.plans(
                Fixtures.sliced(compared(BASELINE, 120, BASELINE, BOTH), sizes),
                RunPlan.newBuilder(Fixtures.sliced(compared(CANDIDATE, 120, BASELINE, BOTH), sizes))
                        .setGates(gates)
                        .build());
        for (int position = 119; position >= 0; position--) { // all that comes waits for position 0
            boolean isLost = position < 9;
            boolean isGained = position >= 9 && position < 60;
            fleet.receives(
                    scored(BASELINE, position, isGained ? 0 : 1, "level=hard"),
                    scored(CANDIDATE, position, isLost ? 0 : 1, "level=hard"));
        }
        fleet.ticks();

        assertThat(fleet.metric(CANDIDATE, "level=hard").getPaired().getEValue())
                .isLessThan(1);
        assertThat(fleet.alerts()).extracting(Alert::getSlice).contains("*");
    }
}
