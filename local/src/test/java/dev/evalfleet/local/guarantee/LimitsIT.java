package dev.evalfleet.local.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.ProducerService;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.RequestLimits;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A request that reaches a limit ends with a status that says so, and keeps what was scored.
@ExtendWith(SharedBroker.Extension.class)
@Timeout(240)
class LimitsIT {

    private static final String RUN = "limited/skills_add/m";
    /// A dollar a prompt token, so that cost is a count.
    private static final Map<String, Object> POOL =
            Map.of("prompt-token-price", 1e6, "output-token-price", 0.0, "low-mark", 8, "high-mark", 16);

    private static final Map<String, Object> SLOW = Map.of("latency", "40ms", "concurrency", 4);

    @TempDir
    private Path folder;

    @Test
    void tokensAreLimitedAlsoByTheProducerThatTakesOver(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            ProducerService first = fleet.producer(POOL, Map.of());
            fleet.aggregator();
            fleet.submit(request(RequestLimits.newBuilder().setMaxTokens(300L).build()));
            fleet.worker("w", SLOW);
            await().atMost(FleetParts.PATIENCE).until(() -> fleet.picture()
                    .state(RUN)
                    .filter(run -> run.getScored() > 5)
                    .isPresent());
            first.close();
            fleet.producer(POOL, Map.of());

            RunState run = limited(fleet, "tokens of its limit of 300");
            assertThat(run.getScored()).isPositive();
            assertThat(run.getUsage().getPromptTokens() + run.getUsage().getOutputTokens())
                    .isGreaterThanOrEqualTo(300);
        }
    }

    @Test
    void costIsLimitedByThePricesOfThePool(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            fleet.producer(POOL, Map.of());
            fleet.aggregator();
            fleet.submit(request(RequestLimits.newBuilder().setMaxCost(200.0).build()));
            fleet.worker("w", SLOW);

            RunState run = limited(fleet, "of its limit of 200.0000");
            assertThat(run.getScored()).isPositive();
            assertThat(run.getUsage().getCost()).isGreaterThanOrEqualTo(200);
        }
    }

    @Test
    void wallTimeIsLimited(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            fleet.producer(POOL, Map.of());
            fleet.aggregator();
            fleet.worker("w", Map.of("latency", "500ms", "concurrency", 4));
            fleet.submit(
                    request(RequestLimits.newBuilder().setMaxWallTimeMs(2_500L).build()));

            limited(fleet, "its limit is 2 s");
        }
    }

    @Test
    void aCostThatCannotBeCountedIsRefused(SharedBroker broker) throws Exception {
        try (FleetParts fleet = new FleetParts(broker, folder)) {
            fleet.producer(Map.of(), Map.of());
            fleet.aggregator();
            fleet.submit(request(RequestLimits.newBuilder().setMaxCost(200.0).build()));

            RunState refused = fleet.ended("limited");
            assertThat(refused.getStatus()).isEqualTo(RunStatus.REJECTED);
            assertThat(refused.getProblems()).singleElement().satisfies(problem -> assertThat(problem.getMessage())
                    .contains("pool \"p\" of model \"m\" has no price", "prompt-token-price"));
        }
    }

    private static RunState limited(FleetParts fleet, String reason) {
        RunState request = fleet.ended("limited");
        RunState run = fleet.ended(RUN);
        assertThat(request.getStatus()).isEqualTo(RunStatus.LIMIT_REACHED);
        assertThat(run.getStatus()).isEqualTo(RunStatus.LIMIT_REACHED);
        assertThat(run.getStatusReason()).contains(reason);
        assertThat(run.getScored()).isLessThan(run.getExpected());
        assertThat(run.getScored() + run.getCancelled()).isEqualTo(run.getExpected());
        assertThat(fleet.results(run)).hasSizeGreaterThanOrEqualTo((int) run.getScored());
        return run;
    }

    private static EvalRequest.Builder request(RequestLimits limits) {
        return EvalRequest.newBuilder()
                .setRequestId("limited")
                .setTasks(List.of("skills_add"))
                .setModels(List.of("m"))
                .setLimits(limits);
    }
}
