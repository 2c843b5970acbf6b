package dev.evalfleet.local.fleet;

import static dev.evalfleet.local.fleet.Evaluation.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.Home;
import dev.evalfleet.local.fleet.LocalFleetSettings.Feed;
import dev.evalfleet.local.fleet.LocalFleetSettings.Place;
import dev.evalfleet.local.fleet.LocalFleetSettings.Ports;
import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.VerdictOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Gates end to end: a worse candidate fails and is stopped, an equal one passes, and the exit codes say so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatedFleetIT {

    private LocalFleet fleet;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        List<ModelSpec> models = List.of(
                ModelSpec.parse("good=scripted,accuracy=0.9,latency=20ms"),
                ModelSpec.parse("twin=scripted,accuracy=0.9,latency=20ms"),
                ModelSpec.parse("bad=scripted,accuracy=0.4,latency=20ms,seed=1"));
        Place place = new Place(folder.resolve("data"), List.of(Home.find().tasks()), new Ports(0, 0, 0));
        fleet = LocalFleet.start(LocalFleetSettings.of(place, models, 1, Feed.of(4, 16)));
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    private static EvalRequest.Builder gated(String id, String candidate) {
        return request(id, List.of("skills_add"), List.of("good", candidate))
                .setBaseline(new Baseline(BaselineKind.MODEL, "good"))
                .setGates(Gates.newBuilder()
                        .setMaxRegression(Map.of("exact_match", 0.1))
                        .setStopEarly(StopEarly.ON_VERDICT)
                        .build());
    }

    @Test
    void aWorseCandidateFailsIsStoppedAndRaisesAnAlert() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "worse")) {
            evaluation.submit(gated("worse", "bad")).awaitFinished();

            RunState run = evaluation.picture().state("worse/skills_add/bad").orElseThrow();
            assertThat(run.getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
            assertThat(run.getVerdict().getOutcome()).isEqualTo(VerdictOutcome.FAIL);
            assertThat(run.getVerdict().getN()).isLessThan(run.getExpected());
            assertThat(run.getSaved()).isPositive();
            assertThat(evaluation.picture().alerts())
                    .anySatisfy(alert -> assertThat(alert.getKind()).isEqualTo(AlertKind.REGRESSION));
        }
        CommandRun gate = command("gate", "worse");
        assertThat(gate.exitCode()).as(gate.err()).isEqualTo(3);
        assertThat(gate.out()).contains("worse/skills_add/bad: FAIL  exact_match on this dataset");
    }

    @Test
    void anEqualCandidatePassesEarly() throws Exception {
        try (Evaluation evaluation = Evaluation.of(fleet, "equal")) {
            evaluation.submit(gated("equal", "twin")).awaitFinished();

            RunState run = evaluation.picture().state("equal/skills_add/twin").orElseThrow();
            assertThat(run.getVerdict().getOutcome()).isEqualTo(VerdictOutcome.PASS);
            assertThat(run.getStatus()).isEqualTo(RunStatus.STOPPED_EARLY);
        }
        CommandRun gate = command("gate", "equal");
        assertThat(gate.exitCode()).as(gate.err()).isZero();
    }

    private CommandRun command(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 4);
        all[arguments.length] = "--bootstrap";
        all[arguments.length + 1] = fleet.file().bootstrap();
        all[arguments.length + 2] = "--registry";
        all[arguments.length + 3] = fleet.file().registry();
        return CommandRun.of(all);
    }
}
