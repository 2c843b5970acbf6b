package dev.evalfleet.local.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Metric;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.SampleResult;
import dev.evalfleet.worker.WorkerService;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `evalfleet retry`, on a broker.
@ExtendWith(SharedBroker.Extension.class)
@Timeout(240)
class RetryIT {

    private static final Map<String, Object> IMPATIENT = Map.of("attempts", 1, "first-backoff", "10ms");
    private static final String FIRST = "first/skills_add/m";
    private static final String AGAIN = "again/skills_add/m";

    @TempDir
    private Path folder;

    @Test
    void theFailedSamplesAreAskedAgainAndEverySampleCountsOnce(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            RunState first = withFailures(fleet);

            CommandRun retry = fleet.command("retry", FIRST, "--failed", "--id", "again", "--wait");

            RunState again = fleet.ended(AGAIN);
            assertThat(retry.exitCode()).as(retry.err()).isZero();
            assertThat(again.getStatus()).isEqualTo(RunStatus.COMPLETED);
            assertThat(again.getRetryOf()).isEqualTo(FIRST);
            assertThat(again.getRetried()).isEqualTo(first.getFailedInfrastructure());
            assertThat(again.getExpected()).isEqualTo(first.getExpected());
            assertThat(again.getScored()).isEqualTo(first.getScored() + first.getFailedInfrastructure());
            assertThat(again.getFailedModel()).isEqualTo(first.getFailedModel());
            assertThat(again.getDuplicates()).isZero();
            assertThat(fleet.state(FIRST)).isEqualTo(first);
            everySampleCountsOnce(fleet, first, again);
            theCommandsTellWhichRunScoredWhat(fleet, again);
        }
    }

    @Test
    void aRunIsRefusedAsLongAsThereIsNothingToAskAgain(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            fleet.producer(Map.of(), Map.of());
            fleet.aggregator();
            fleet.submit(request().setLimit(30.0));
            await().atMost(FleetParts.PATIENCE)
                    .until(() -> fleet.picture().state(FIRST).isPresent());

            CommandRun tooEarly = fleet.command("retry", FIRST, "--failed");
            assertThat(tooEarly.exitCode()).isNotZero();
            assertThat(tooEarly.err()).contains("is not over yet", "0 of 30 samples");

            fleet.worker("w", Map.of());
            fleet.ended(FIRST);
            CommandRun nothing = fleet.command("retry", FIRST, "--failed");
            assertThat(nothing.exitCode()).isNotZero();
            assertThat(nothing.err()).contains("has no sample to ask again: 30 of 30 are scored");

            assertThat(fleet.command("retry", FIRST).err()).contains("Say what to ask again");
            assertThat(fleet.command("retry", "first", "--failed").err())
                    .contains("is a request; name one of its runs");
        }
    }

    private static RunState withFailures(FleetParts fleet) throws Exception {
        fleet.producer(Map.of("prompt-token-price", 1.0), Map.of());
        fleet.aggregator();
        WorkerService flaky = fleet.worker(
                "flaky",
                Map.of("failures", Map.of("broken", 0.1, "refused", 0.1), "accuracy", 0.8, "retries", IMPATIENT));
        fleet.submit(request().setLimit(200.0));
        RunState first = fleet.ended(FIRST);
        flaky.close();
        fleet.worker("fine", Map.of("accuracy", 0.8));
        assertThat(first.getFailedInfrastructure()).isPositive();
        assertThat(first.getFailedModel()).isPositive();
        return first;
    }

    private static void everySampleCountsOnce(FleetParts fleet, RunState first, RunState again) {
        List<SampleResult> results = fleet.results(again);
        assertThat(results).hasSize((int) again.getExpected());
        assertThat(results).extracting(SampleResult::getDocumentId).doesNotHaveDuplicates();
        List<SampleResult> asked =
                results.stream().filter(result -> result.getScoredBy() == null).toList();
        assertThat(asked).hasSize((int) first.getFailedInfrastructure()).allMatch(result -> result.getWorker()
                .equals("fine"));
        assertThat(results).filteredOn(result -> result.getScoredBy() != null).allMatch(result -> result.getScoredBy()
                .equals(FIRST));
        assertThat(again.getUsage().getPromptTokens())
                .isEqualTo(
                        asked.stream().mapToLong(SampleResult::getPromptTokens).sum());

        double right = results.stream()
                .flatMap(result -> result.getScores().stream())
                .mapToDouble(score -> score.getValue())
                .sum();
        Metric metric = fleet.picture().overall(AGAIN).getFirst();
        assertThat(metric.getN()).isEqualTo(again.getScored() + again.getFailedModel());
        assertThat(metric.getValue()).isCloseTo(right / metric.getN(), within(1e-12));
        assertThat(metric.getFolded()).isEqualTo(metric.getN());
    }

    private static void theCommandsTellWhichRunScoredWhat(FleetParts fleet, RunState again) throws Exception {
        assertThat(fleet.command("runs", "first").out())
                .contains(AGAIN, FIRST + " (" + again.getRetried() + " asked again, the others its)");
        CommandRun results = fleet.command("results", FIRST, "--format", "csv");
        assertThat(results.err() + results.out()).contains("'evalfleet results " + AGAIN + "'");
        assertThat(fleet.command("results", AGAIN, "--format", "csv").out().lines())
                .hasSizeGreaterThanOrEqualTo((int) again.getExpected() + 1)
                .anyMatch(line -> line.endsWith("," + FIRST))
                .anyMatch(line -> line.endsWith("," + AGAIN));
    }

    private static EvalRequest.Builder request() {
        return EvalRequest.newBuilder()
                .setRequestId("first")
                .setTasks(List.of("skills_add"))
                .setModels(List.of("m"));
    }
}
