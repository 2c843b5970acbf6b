package dev.evalfleet.producer.plan;

import static dev.evalfleet.producer.plan.PlannerUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalfleet.schemas.avro.MetricPlan;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusMetricPlansTest {
    private static final String TASK =
            """
            task: t
            dataset_path: json
            dataset_kwargs: {data_files: {test: data.jsonl}}
            test_split: test
            doc_to_text: "{{q}}"
            doc_to_target: a
            """;

    @TempDir
    Path work;

    private PlannerUnderTest planner;

    @BeforeEach
    void start() {
        PlannerUnderTest.write(work, "tasks/data.jsonl", "{\"q\": \"one\", \"a\": \"eins\"}\n");
        planner = new PlannerUnderTest(work.resolve("tasks"), work);
    }

    @AfterEach
    void stop() {
        planner.close();
    }

    // Where a failed sample has no statistics to add, it is left out and counted as failed.
    @Test
    void metricsHaveTheBoundsOfASampleAndWhatAFailedOneCountsAs() {
        task("metric_list: [{metric: bleu}, {metric: ter}, {metric: exact_match}, {metric: rougeL}]\n");

        assertThat(planner.accepted(request("t", "v1")).getFirst().getMetrics())
                .extracting(
                        MetricPlan::getMetric,
                        MetricPlan::getAggregation,
                        MetricPlan::getHigherIsBetter,
                        MetricPlan::getLower,
                        MetricPlan::getUpper,
                        MetricPlan::getFailureValue)
                .containsExactly(
                        tuple("bleu", "bleu", true, 0.0, 100.0, null),
                        tuple("ter", "ter", false, 0.0, null, null),
                        tuple("exact_match", "mean", true, 0.0, 1.0, 0.0),
                        tuple("rougeL", "mean", true, 0.0, 1.0, 0.0));
    }

    @Test
    void logLikelihoodsHaveNoBoundThatASampleCouldBreak() {
        task("output_type: loglikelihood\n");

        assertThat(planner.accepted(request("t", "v1")).getFirst().getMetrics())
                .extracting(MetricPlan::getMetric, MetricPlan::getLower, MetricPlan::getUpper)
                .containsExactly(tuple("perplexity", null, null), tuple("acc", 0.0, 1.0));
    }

    @Test
    void ofHuggingFacesMetricsOnlyThoseThatCompareLabelsAreKnown() {
        task("metric_list: [{metric: f1, average: micro, hf_evaluate: true}, {metric: accuracy, hf_evaluate: true}]\n");
        assertThat(planner.problems(request("t", "v1"))).isEmpty();
    }

    @Test
    void theOthersAreRefusedWithTheReason() {
        task("metric_list: [{metric: f1}, {metric: bleu, hf_evaluate: true}]\n");

        assertThat(planner.problems(request("t", "v1")))
                .anySatisfy(p -> assertThat(p).contains("\"f1\" of generated text is that of Hugging Face's evaluate"))
                .anySatisfy(p -> assertThat(p).contains("average", "supported as micro only"))
                .anySatisfy(p -> assertThat(p).contains("of \"bleu\" is not supported"));
    }

    private void task(String more) {
        PlannerUnderTest.write(work, "tasks/t.yaml", TASK + more);
    }
}
