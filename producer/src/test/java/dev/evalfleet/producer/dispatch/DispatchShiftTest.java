package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import dev.evalfleet.schemas.avro.StopEarly;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the dispatcher sends, how much of it, and whose.
class DispatchShiftTest {
    private final ShiftUnderTest fleet = new ShiftUnderTest();

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void everyPositionIsSentOnceAndInOrder() {
        fleet.plan("q/a", 100);

        fleet.finish("q/a");

        assertThat(fleet.log.positions("q/a"))
                .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
        assertThat(fleet.registry.get("evalfleet.samples.dispatched").counter().count())
                .isEqualTo(100);
    }

    @Test
    void noMoreThanAWindowIsOutstanding() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        fleet.ticks(5);

        assertThat(fleet.log.sent).hasSize(16);
        assertThat(fleet.log.sizes("p").values()).containsOnly(4);
        assertThat(fleet.log.cursor("q/a").getNextPosition()).isEqualTo(16);
        assertThat(fleet.registry.get("evalfleet.queue.depth").gauge().value()).isEqualTo(16);
    }

    @Test
    void theGroupStartsBeforeTheFirstSample() {
        fleet.ticks(1);

        assertThat(fleet.log.startedGroups).containsExactly("p at end");
    }

    @Test
    void aSmallRunFinishesPromptlyBesideALargeOne() {
        fleet.plan("q/large", 1_000_000);
        fleet.untilSent(16);
        fleet.plan("q/small", 100);
        int before = fleet.log.sent.size();

        fleet.finish("q/small");

        assertThat(fleet.log.sent.size() - before).isLessThan(16 + 2 * 100 + 16);
        assertThat(fleet.log.positions("q/large")).hasSizeLessThan(16 + 16 + 100 + 16);
    }

    @Test
    void priorityIsAShare() {
        fleet.shift.plan(
                "q/low", TestRuns.plan("q/low", "p", 10_000).setPriority(1).build(), fleet.now);
        fleet.shift.plan(
                "r/high", TestRuns.plan("r/high", "p", 10_000).setPriority(3).build(), fleet.now);
        fleet.untilOpened("q/low", "r/high");
        int skip = fleet.log.sent.size();
        for (int i = 0; i < 100; i++) {
            fleet.log.finishAll("p");
            fleet.ticks(1);
        }

        Map<String, Long> counts = fleet.log.sent.stream()
                .skip(skip)
                .collect(Collectors.groupingBy(Sample::getRunId, Collectors.counting()));
        assertThat((double) counts.getOrDefault("r/high", 0L) / counts.getOrDefault("q/low", 1L))
                .isBetween(2.9, 3.1);
    }

    @Test
    void aCancelledRunGetsNothingMore() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);

        fleet.shift.control(TestRuns.cancel("q"));
        fleet.log.finishAll("p");
        fleet.ticks(5);

        assertThat(fleet.log.sent).hasSize(16);
    }

    @Test
    void finishedRecordsAreDeletedNowAndThen() {
        fleet.plan("q/a", 10);
        fleet.finish("q/a");
        fleet.log.finishAll("p");
        fleet.now = fleet.now.plusSeconds(61);
        fleet.ticks(1);

        assertThat(fleet.log.trimmed.getOrDefault("p", Map.of()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(10);
    }

    @Test
    void aGatedCandidateIsHeldBackUntilItsBaselineFollows() {
        fleet.shift.plan(
                "q/cand", TestRuns.gated("q/cand", "q/base", "p", 1_000).build(), fleet.now);
        fleet.untilSent(16);
        fleet.log.finishAll("p");
        fleet.ticks(5);
        assertThat(fleet.log.positions("q/cand")).hasSize(16);

        fleet.plan("q/base", 1_000);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            count("q/cand", fleet.log.positions("q/cand").size());
            fleet.ticks(1);
            fleet.log.finishAll("p");
            return fleet.log.cursor("q/cand").getDone();
        });

        assertThat(fleet.log.positions("q/base")).hasSizeGreaterThanOrEqualTo(1_000 - 16 - 16);
    }

    @Test
    void aRunThatMayBeStoppedWaitsUntilWhatWasAnsweredIsCounted() {
        fleet.shift.plan("q/a", mayBeStopped("q/a"), fleet.now);
        for (int look = 0; look < 10; look++) {
            fleet.untilSent(Math.min(32, 16 * (look + 1)));
            fleet.log.finishAll("p");
        }
        assertThat(fleet.log.positions("q/a")).hasSize(32);

        count("q/a", 30);
        fleet.untilSent(33);
        fleet.log.finishAll("p");
        fleet.untilSent(62);
        assertThat(fleet.log.positions("q/a")).hasSize(62);
    }

    @Test
    void whatARunThatIsHeldBackMissesIsSentAgain() {
        fleet.shift.plan("q/a", mayBeStopped("q/a"), fleet.now);
        fleet.untilSent(16);
        fleet.log.finishAll("p");
        fleet.untilSent(32);
        fleet.log.finishAll("p");
        RunState misses = TestRuns.state("q/a", RunStatus.RUNNING, 3L, 40L).build();
        fleet.shift.state(misses, fleet.now);
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(4);
        fleet.shift.state(misses, fleet.now);
        fleet.now = fleet.now.plusSeconds(4);

        fleet.untilSent(33);

        assertThat(fleet.log.sent.getLast().getPosition()).isEqualTo(3);
        assertThat(fleet.log.sent.getLast().getSendCount()).isEqualTo(1);
    }

    private static RunPlan mayBeStopped(String runId) {
        return TestRuns.plan(runId, "p", 1_000)
                .setGates(Gates.newBuilder().setStopEarly(StopEarly.ON_VERDICT).build())
                .build();
    }

    private void count(String runId, long samples) {
        fleet.shift.state(
                TestRuns.state(runId, RunStatus.RUNNING).setScored(samples).build(), fleet.now);
    }
}
