package dev.evalfleet.local.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.schemas.avro.Claim;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StateKind;
import dev.evalfleet.schemas.avro.Verdict;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `gate`, `compare` and `baseline` on topics that were written by hand.
@ExtendWith(SharedBroker.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GateCommandsIT {

    private static final Gates GATES =
            Gates.newBuilder().setMaxRegression(Map.of("exact_match", 0.02)).build();

    private WrittenRuns written;

    @BeforeAll
    void connect(SharedBroker broker, @TempDir Path folder) throws IOException {
        written = new WrittenRuns(broker, folder);
    }

    @AfterAll
    void disconnect() {
        written.close();
    }

    private static Verdict verdict(VerdictOutcome outcome) {
        return Verdict.newBuilder()
                .setOutcome(outcome)
                .setClaim(Claim.DATASET)
                .setMetric("exact_match")
                .setN(120)
                .setExpected(500)
                .setEValue(41.5)
                .setLower(-0.31)
                .setUpper(-0.05)
                .setReason("because")
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "PASS,0",
        "PASS_WITH_REGRESSION,0",
        "FAIL,3",
        "REGRESSION,3",
        "UNDECIDED,3",
        "INCOMPLETE,3",
    })
    void theExitCodeOfGateFollowsTheVerdict(VerdictOutcome outcome, int exitCode) {
        String id = "gate-" + outcome;
        written.request(id, RunStatus.STOPPED_EARLY, GATES, verdict(outcome), "v1");

        CommandRun ofRequest = written.call("gate", id, "--no-wait");
        CommandRun ofRun = written.call("gate", id + "/sub/v1", "--no-wait");

        assertThat(ofRequest.exitCode()).as(ofRequest.err()).isEqualTo(exitCode);
        assertThat(ofRun.exitCode()).as(ofRun.err()).isEqualTo(exitCode);
        assertThat(ofRun.out())
                .contains(
                        outcome.name().replace('_', ' ') + "  exact_match on this dataset, n = 120 of 500",
                        "e-value 41.5, interval [-0.3100, -0.0500]: because");
    }

    @Test
    void withoutAGateThereIsNoVerdictToWaitFor() {
        written.request("ungated", RunStatus.RUNNING, null, null, "v1");

        CommandRun gate = written.call("gate", "ungated");

        assertThat(gate.exitCode()).isEqualTo(1);
        assertThat(gate.err()).contains("ungated has no gate");
    }

    @Test
    void whatHasNoVerdictYetDidNotPass() {
        written.request("early", RunStatus.RUNNING, GATES, null, "v1");

        CommandRun gate = written.call("gate", "early", "--no-wait");

        assertThat(gate.exitCode()).isEqualTo(3);
        assertThat(gate.out()).contains("early: no verdict");
    }

    @Test
    void runsShowVerdicts() {
        written.request("shown", RunStatus.COMPLETED, GATES, verdict(VerdictOutcome.PASS_WITH_REGRESSION), "v1");

        assertThat(written.call("runs", "shown").out()).contains("verdict", "PASS WITH REGRESSION");
    }

    @Test
    void runsAreComparedDocumentByDocument() throws IOException {
        written.request("pair", RunStatus.COMPLETED, null, null, "v1", "v2");
        written.results("pair", "v1", 1, 1, 0, 1);
        written.results("pair", "v2", 1, 0, 1, 0);

        CommandRun json = written.call("compare", "pair/sub/v1", "pair/sub/v2", "--json");

        assertThat(json.exitCode()).as(json.err()).isZero();
        JsonNode metrics = new ObjectMapper().readTree(json.out()).get("metrics");
        JsonNode all = metrics.get(0);
        assertThat(all.get("pairs").asInt()).isEqualTo(4);
        assertThat(all.get("baseline").asDouble()).isEqualTo(0.75);
        assertThat(all.get("candidate").asDouble()).isEqualTo(0.5);
        assertThat(all.get("difference").asDouble()).isEqualTo(-0.25);
        // differences 0, -1, 1, -1: SE = sqrt(2.75 / (4 * 3))
        assertThat(all.get("standardError").asDouble()).isEqualTo(Math.sqrt(2.75 / 12));
        assertThat(all.get("lower").asDouble())
                .as("four pairs are too few for the normal interval")
                .isEqualTo(-1);
        assertThat(all.get("mcnemarP").asDouble()).isEqualTo(1.0);
        assertThat(all.get("mcnemarMidP").asDouble()).isEqualTo(0.625);
        assertThat(all.get("gains").asInt()).isEqualTo(1);
        assertThat(all.get("losses").asInt()).isEqualTo(2);
        assertThat(metrics.get(1).get("slice").asText()).isEqualTo("kind=odd");
        assertThat(metrics.get(1).get("losses").asInt()).isEqualTo(2);
        assertThat(metrics.get(1).get("mcnemarP").asDouble()).isEqualTo(0.5);
    }

    @Test
    void ofAStoppedRunOnlyTheIntervalThatIsValidAtEveryMomentIsShown() throws IOException {
        written.request("stopped", RunStatus.STOPPED_EARLY, GATES, null, "v1", "v2");
        double[] right = new double[40];
        Arrays.fill(right, 1);
        written.results("stopped", "v1", right);
        written.results("stopped", "v2", new double[40]);

        CommandRun json = written.call("compare", "stopped/sub/v1", "stopped/sub/v2", "--json");

        assertThat(json.err()).contains("ordinary errors and p-values do not hold");
        JsonNode all = new ObjectMapper().readTree(json.out()).at("/metrics/0");
        assertThat(all.get("standardError").isNull()).isTrue();
        assertThat(all.get("mcnemarP").isNull()).isTrue();
        assertThat(all.get("mcnemarMidP").isNull()).isTrue();
        assertThat(all.get("lower").asDouble()).isEqualTo(-1);
        assertThat(all.get("upper").asDouble()).isBetween(-0.9, -0.5);
    }

    @Test
    void flippedSamplesAreListedWithPromptAndBothOutputs() {
        written.request("flips", RunStatus.COMPLETED, null, null, "v1", "v2");
        written.results("flips", "v1", 1, 1, 0, 1);
        written.results("flips", "v2", 1, 1, 0, 0);

        CommandRun compare = written.call("compare", "flips/sub/v1", "flips/sub/v2", "--flips", "5");

        assertThat(compare.exitCode()).as(compare.err()).isZero();
        assertThat(compare.out())
                .contains("lost d3", "question 3", "v1 says 1.0", "v2 says 0.0")
                .doesNotContain("lost d1");
    }

    @Test
    void runsOfDifferentDatasetsAreNotCompared() {
        written.request("one", RunStatus.COMPLETED, null, null, "v1");
        written.request("other", RunStatus.COMPLETED, null, null, "v1");
        written.state("other/sub/v1", StateKind.RUN, "other", RunStatus.COMPLETED, null, List.of(), "otherdata");

        CommandRun compare = written.call("compare", "one/sub/v1", "other/sub/v1");

        assertThat(compare.exitCode()).isEqualTo(1);
        assertThat(compare.err()).contains("different datasets", "Compare runs of one task with one limit");
    }

    @Test
    void aRequestIsNotARun() {
        written.request("notrun", RunStatus.COMPLETED, null, null, "v1");

        assertThat(written.call("compare", "notrun", "notrun").err())
                .contains("notrun is a request; name one of its runs: notrun/sub/v1");
    }

    @Test
    void onlyACompletedRunBecomesABaseline() {
        written.request("open", RunStatus.RUNNING, null, null, "v1");

        CommandRun set = written.call("baseline", "set", "production", "open/sub/v1");

        assertThat(set.exitCode()).isEqualTo(1);
        assertThat(set.err()).contains("open/sub/v1 is running: only a completed run can be a baseline");
        assertThat(written.call("baseline", "set", "a b", "open/sub/v1").exitCode())
                .isEqualTo(2);
        assertThat(written.call("baseline", "release", "production").err()).contains("no baseline production");
        assertThat(written.call("baseline", "list").err()).contains("No baseline is set");
    }
}
