package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.gate.Baselines;
import dev.evalfleet.producer.gate.Baselines.Answer;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunRole;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What gates and baselines do to a plan, and which are refused.
class GatePlanningTest {
    private static final String TASK =
            """
            task: t
            dataset_path: json
            dataset_kwargs: {data_files: {test: data.jsonl}}
            test_split: test
            doc_to_text: "{{q}}"
            doc_to_target: "{{a}}"
            metadata: {slices: [kind], cluster: kind}
            """;
    private static final String ROLLING =
            """
            task: w
            output_type: loglikelihood_rolling
            dataset_path: json
            dataset_kwargs: {data_files: {test: data.jsonl}}
            test_split: test
            doc_to_text: ""
            doc_to_target: "{{q}}"
            """;

    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void openPlanner() {
        PlannerUnderTest.write(work, "tasks/t.yaml", TASK);
        PlannerUnderTest.write(work, "tasks/w.yaml", ROLLING);
        PlannerUnderTest.write(
                work,
                "tasks/data.jsonl",
                """
                {"q": "1+1=", "a": "2", "kind": "same"}
                {"q": "1+2=", "a": "3", "kind": "other"}
                {"q": "2+2=", "a": "4", "kind": "same"}
                """);
        planner = new PlannerUnderTest(work.resolve("tasks"), work);
    }

    @AfterEach
    void closePlanner() {
        planner.close();
    }

    private static EvalRequest.Builder request(Gates.Builder gates) {
        return PlannerUnderTest.request("t", "v1", "v2").setGates(gates.build());
    }

    private static Gates.Builder gates() {
        return Gates.newBuilder();
    }

    private static Baseline v1() {
        return new Baseline(BaselineKind.MODEL, "v1");
    }

    private void assertRefused(EvalRequest.Builder request, String... parts) {
        assertThat(planner.problems(request)).singleElement().asString().contains(parts);
    }

    @Test
    void aMetricThatNoTaskHasIsRefused() {
        assertRefused(
                request(gates().setMin(Map.of("exact_macht", 0.5))),
                "request gates.min.exact_macht: no task of the request has the metric",
                "there are exact_match",
                "did you mean exact_match?");
        assertRefused(
                request(gates().setPrimaryMetric("acc")), "request gates.primaryMetric: no task of the request has");
    }

    @Test
    void alphaIsMoreThanZeroAndLessThanAHalf() {
        for (double alpha : new double[] {0, 0.5, -1, Double.NaN}) {
            assertRefused(
                    request(gates().setAlpha(alpha)), "request gates.alpha: must be in (0, 0.5), but is " + alpha);
        }
    }

    @Test
    void aRelativeGateNeedsABaseline() {
        assertRefused(
                request(gates().setMaxRegression(Map.of("exact_match", 0.02))),
                "request gates.maxRegression: needs a baseline");
    }

    @Test
    void aThresholdThatCannotBeMetOrMissedIsRefused() {
        assertRefused(
                request(gates().setMin(Map.of("exact_match", 65.0))),
                "request gates.min.exact_match: must be between 0.0 and 1.0, but is 65.0");
        assertRefused(
                request(gates().setMaxRegression(Map.of("exact_match", 1.0))).setBaseline(v1()),
                "request gates.maxRegression.exact_match: no drop",
                "could not fail");
        assertRefused(
                request(gates().setMaxRegression(Map.of("exact_match", -0.1))).setBaseline(v1()),
                "request gates.maxRegression.exact_match: must not be negative, but is -0.1");
    }

    @Test
    void aValueOfTheWholeCorpusCannotBeGated() {
        assertRefused(
                request(gates().setMin(Map.of("word_perplexity", 10.0))).setTasks(List.of("w")),
                "request gates.min.word_perplexity: is taken over the whole corpus or has no bounds");
    }

    @Test
    void slicesAreColumnsThatATaskNames() {
        assertRefused(
                request(gates().setSlices(List.of("kin"))),
                "request gates.slices: no task of the request has slices by \"kin\"; there are kind");
    }

    @Test
    void stoppingEarlyNeedsAGate() {
        assertRefused(
                request(gates().setStopEarly(StopEarly.ON_FAIL)),
                "request gates.stopEarly: there is no gate (min or maxRegression)");
    }

    @Test
    void aBaselineThatDoesNotExistIsRefusedWithTheReason() {
        planner.know(_ -> new Answer.Unusable("there is no baseline \"production\"; none is set"));

        assertRefused(
                request(gates()).setBaseline(new Baseline(BaselineKind.NAME, "production")),
                "request baseline: there is no baseline \"production\"");
    }

    @Test
    void aBaselineOfAnotherDatasetIsRefused() {
        planner.know(earlier(null, "abc", 3, 3));

        assertRefused(
                request(gates()).setBaseline(new Baseline(BaselineKind.RUN, "r0/t/v1")),
                "request baseline: the run \"r0/t/v1\" has another dataset than the task t: abc with 3 samples",
                "give the same task, data and limit");
    }

    @Test
    void samplesTheBaselineHasNoScoreOfAreExcludedAndCounted() {
        String fingerprint = planner.accepted(request(gates())).getFirst().getDatasetFingerprint();
        planner.know(earlier("production", fingerprint, 3, 2));

        List<RunPlan> runs = planner.accepted(request(gates().setMaxRegression(Map.of("exact_match", 0.02)))
                .setBaseline(new Baseline(BaselineKind.NAME, "production")));

        assertThat(runs.stream().map(RunPlan::getRunId)).containsExactly("r1/t/v1", "r1/t/v2");
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.getRole()).isEqualTo(RunRole.CANDIDATE);
            assertThat(run.getPairGroup()).isEqualTo("baseline:production:r0/t/v1");
            assertThat(run.getBaseline().getName()).isEqualTo("production");
            assertThat(run.getBaseline().getRunId()).isEqualTo("r0/t/v1");
            assertThat(run.getBaseline().getPairs()).isEqualTo(2);
            assertThat(run.getBaseline().getExcluded()).isEqualTo(1);
        });
    }

    @Test
    void anEarlierRunIsPairedUnderItsId() {
        String fingerprint = planner.accepted(request(gates())).getFirst().getDatasetFingerprint();
        planner.know(earlier(null, fingerprint, 3, 3));

        RunPlan run = planner.accepted(request(gates()).setBaseline(new Baseline(BaselineKind.RUN, "r0/t/v1")))
                .getFirst();

        assertThat(run.getPairGroup()).isEqualTo("run:r0/t/v1");
        assertThat(run.getBaseline().getName()).isNull();
        assertThat(run.getBaseline().getExcluded()).isZero();
    }

    @Test
    void variantsWithoutABaselineAreComparedWithTheFirstOneOnTheSameModel() {
        List<RunPlan> runs = planner.accepted(request(gates().setMaxRegression(Map.of("exact_match", 0.02)))
                .setVariants(List.of(variant("plain"), variant("polite"))));

        assertThat(runs).hasSize(4);
        assertThat(runs).allSatisfy(run -> {
            boolean isFirst = "plain".equals(run.getVariant());
            assertThat(run.getRole()).isEqualTo(isFirst ? RunRole.BASELINE : RunRole.CANDIDATE);
            assertThat(run.getPairGroup()).isEqualTo("r1/t/" + run.getModel());
            if (!isFirst) {
                assertThat(run.getBaseline().getRunId()).isEqualTo("r1/t/" + run.getModel() + "/plain");
            }
        });
    }

    @Test
    void gatesHoldForTheCandidatesOfTheTasksThatHaveTheMetric() {
        List<RunPlan> runs = planner.accepted(request(gates().setMaxRegression(Map.of("exact_match", 0.02))
                        .setSlices(List.of("kind"))
                        .setPrimaryMetric("exact_match")
                        .setStopEarly(StopEarly.ON_FAIL))
                .setTasks(List.of("t", "w"))
                .setBaseline(v1()));

        assertThat(gatesOf(runs, "r1/t/v2"))
                .isEqualTo(gates().setMaxRegression(Map.of("exact_match", 0.02))
                        .setSlices(List.of("kind"))
                        .setPrimaryMetric("exact_match")
                        .setStopEarly(StopEarly.ON_FAIL)
                        .build());
        assertThat(gatesOf(runs, "r1/t/v1").getMaxRegression()).isEmpty();
        assertThat(gatesOf(runs, "r1/w/v2")).isEqualTo(gates().build());
    }

    @Test
    void clustersAreCountedForThePopulationClaim() {
        assertThat(planner.accepted(request(gates())).getFirst().getClusterSizes())
                .isEqualTo(Map.of("same", 2L, "other", 1L));
    }

    private static Gates gatesOf(List<RunPlan> runs, String runId) {
        return runs.stream()
                .filter(run -> run.getRunId().equals(runId))
                .findFirst()
                .orElseThrow()
                .getGates();
    }

    private static Variant variant(String name) {
        return Variant.newBuilder().setName(name).build();
    }

    private static Baselines earlier(
            @org.jspecify.annotations.Nullable String name, String fingerprint, long samples, long pairs) {
        return _ -> new Answer.Found(new Baselines.Earlier("r0/t/v1", name, "t", fingerprint, samples, pairs));
    }
}
