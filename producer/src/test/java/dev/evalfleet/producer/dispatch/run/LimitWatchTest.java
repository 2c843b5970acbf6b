package dev.evalfleet.producer.dispatch.run;

import static dev.evalfleet.producer.dispatch.TestRuns.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.TestRuns;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RequestLimits;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitWatchTest {
    private final LimitWatch watch = new LimitWatch();

    @Test
    void theTokensOfAllRunsOfARequestCount() {
        List<DispatchRun> runs =
                runs(RequestLimits.newBuilder().setMaxTokens(100L).build());
        watch.state(spent("q/a", 60, 1.0));
        assertThat(watch.reached(runs, NOON)).isEmpty();

        watch.state(spent("q/b", 45, 1.0));
        assertThat(watch.reached(runs, NOON))
                .singleElement()
                .extracting(RunControl::getId, RunControl::getAction, RunControl::getReason)
                .containsExactly("q", ControlAction.LIMIT_REACHED, "the request used 105 tokens of its limit of 100");
    }

    @Test
    void itIsSaidOnce() {
        List<DispatchRun> runs =
                runs(RequestLimits.newBuilder().setMaxTokens(1L).build());
        watch.state(spent("q/a", 60, 1.0));

        assertThat(watch.reached(runs, NOON)).hasSize(1);
        assertThat(watch.reached(runs, NOON)).isEmpty();
    }

    @Test
    void costIsLimited() {
        List<DispatchRun> runs = runs(RequestLimits.newBuilder().setMaxCost(2.5).build());
        watch.state(spent("q/a", 1, 2.5));

        assertThat(watch.reached(runs, NOON))
                .extracting(RunControl::getReason)
                .containsExactly("the request cost 2.5000 of its limit of 2.5000");
    }

    @Test
    void timeIsLimited() {
        List<DispatchRun> runs =
                runs(RequestLimits.newBuilder().setMaxWallTimeMs(60_000L).build());

        assertThat(watch.reached(runs, NOON.plusSeconds(59))).isEmpty();
        assertThat(watch.reached(runs, NOON.plusSeconds(61)))
                .extracting(RunControl::getReason)
                .containsExactly("the request ran for 61 s, its limit is 60 s");
    }

    private static List<DispatchRun> runs(RequestLimits limits) {
        return List.of("q/a", "q/b").stream()
                .map(id -> new DispatchRun(TestRuns.plan(id, "p", 10)
                        .setRequestRuns(List.of("q/a", "q/b"))
                        .setLimits(limits)
                        .build()))
                .toList();
    }

    private static RunState spent(String runId, long tokens, double cost) {
        return TestRuns.state(runId, RunStatus.RUNNING)
                .setUsage(Usage.newBuilder()
                        .setPromptTokens(tokens - 1)
                        .setOutputTokens(1)
                        .setCost(cost)
                        .build())
                .build();
    }
}
