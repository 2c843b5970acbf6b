package dev.evalfleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DataUnderTest;
import dev.evalfleet.producer.dataset.hub.HubServer;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.Sample;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A request for a task whose documents are on the hub, through the planner.
class HubTaskTest {
    private static final Path ARC = Path.of("src", "test", "resources", "datasets", "arc-zstd.parquet");

    @TempDir
    Path work;

    private Path tasks() {
        PlannerUnderTest.write(
                work.resolve("tasks"),
                "arc.yaml",
                """
                task: arc
                dataset_path: allenai/ai2_arc
                dataset_name: ARC-Easy
                output_type: multiple_choice
                training_split: train
                test_split: test
                doc_to_text: "Question: {{question}}\\nAnswer:"
                doc_to_target: "{{choices.label.index(answerKey) if answerKey else 0}}"
                doc_to_choice: "{{choices.text}}"
                """);
        return work.resolve("tasks");
    }

    @Test
    void aTaskOfTheHubIsPlannedPinnedAndMadeAgainAfterARestart() {
        try (var server = new HubServer()) {
            DataAccess access = DataUnderTest.access(
                    null, work.resolve("urls"), true, 1 << 20, DataUnderTest.hub(server.endpoint(), work));
            server.revision("allenai/ai2_arc", "refs%2Fconvert%2Fparquet", HubServer.commit('a'))
                    .file("allenai/ai2_arc", HubServer.commit('a'), "ARC-Easy/test/0000.parquet", ARC);
            RunPlan plan;
            List<Sample> samples;
            try (var planner = new PlannerUnderTest(tasks(), work, access)) {
                plan = planner.accepted(PlannerUnderTest.request("arc", "v1").setLimit(1.0))
                        .getFirst();
                samples = planner.samples(plan);
            }

            assertThat(plan.getTaskConfig())
                    .contains("\"revision\":\"refs/convert/parquet:" + HubServer.commit('a') + "\"");
            assertThat(samples).singleElement().satisfies(sample -> {
                assertThat(sample.getPrompt()).isEqualTo("Question: Why does \"ice\" float?\nAnswer:");
                assertThat(sample.getChoices()).containsExactly("a", "b", "c");
            });
            server.revision("allenai/ai2_arc", "refs%2Fconvert%2Fparquet", HubServer.commit('b'));
            try (var restarted = new PlannerUnderTest(tasks(), work, access)) {
                assertThat(restarted.samples(plan))
                        .extracting(Sample::getDocument)
                        .containsExactly(samples.getFirst().getDocument());
            }
        }
    }

    @Test
    void whatTheHubDoesNotHaveIsAProblemOfTheRequest() {
        try (var server = new HubServer()) {
            DataAccess access = DataUnderTest.access(
                    null, work.resolve("urls"), true, 1 << 20, DataUnderTest.hub(server.endpoint(), work));
            try (var planner = new PlannerUnderTest(tasks(), work, access)) {
                assertThat(planner.problems(PlannerUnderTest.request("arc", "v1")))
                        .singleElement()
                        .asString()
                        .contains("arc.yaml:2 dataset_path: there is no dataset \"allenai/ai2_arc\" at");
            }
        }
    }
}
