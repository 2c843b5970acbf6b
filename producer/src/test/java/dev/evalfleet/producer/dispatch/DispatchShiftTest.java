package dev.evalfleet.producer.dispatch;

import static dev.evalfleet.producer.dispatch.TestRuns.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalfleet.producer.dispatch.PoolCatalogue.Pool;
import dev.evalfleet.producer.dispatch.pool.PoolMeters;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Sample;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The dispatcher against a broker in memory: 4 partitions, marks at 8 and 16.
class DispatchShiftTest {
    private static final PoolCatalogue POOLS = new PoolCatalogue(List.of(
            new Pool("p", List.of("m"), 2, 2, 4, 8, 16, Routing.Policy.LEAST_OUTSTANDING, null, null, 4, false)));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Map<String, PoolMeters> meters = Map.of("p", new PoolMeters(registry, "p"));
    private final InMemoryLog log = new InMemoryLog();
    private final Map<String, SpoolException> unopenable = new ConcurrentHashMap<>();
    private final Set<String> unreadable = new HashSet<>();
    private final Set<Long> unrenderable = new HashSet<>();
    private final Map<String, Integer> opened = new ConcurrentHashMap<>();
    private DispatchShift shift = shift();
    private Instant now = NOON;

    @AfterEach
    void close() {
        shift.close();
    }

    @Test
    void everyPositionIsSentOnceAndInOrder() {
        plan("q/a", 100);

        finish("q/a");

        assertThat(log.positions("q/a"))
                .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
        assertThat(registry.get("evalfleet.samples.dispatched").counter().count())
                .isEqualTo(100);
    }

    @Test
    void noMoreThanAWindowIsOutstanding() {
        plan("q/a", 100);
        untilSent(16);
        ticks(5);

        assertThat(log.sent).hasSize(16);
        assertThat(log.sizes("p").values()).containsOnly(4);
        assertThat(log.cursor("q/a").getNextPosition()).isEqualTo(16);
        assertThat(registry.get("evalfleet.queue.depth").gauge().value()).isEqualTo(16);
    }

    @Test
    void theGroupStartsBeforeTheFirstSample() {
        ticks(1);

        assertThat(log.startedGroups).containsExactly("p at end");
    }

    @Test
    void expiredOffsetsOfAStartedPoolAreRestoredWithoutSkippingWork() {
        plan("q/a", 100);
        untilSent(16);
        log.expire("p");
        now = now.plusSeconds(10);
        ticks(2);

        assertThat(log.startedGroups).containsExactly("p at end", "p at start");
        assertThat(log.sent).hasSize(16);
    }

    @Test
    void aSmallRunFinishesPromptlyBesideALargeOne() {
        plan("q/large", 1_000_000);
        untilSent(16);
        plan("q/small", 100);
        int before = log.sent.size();

        finish("q/small");

        assertThat(log.sent.size() - before).isLessThan(16 + 2 * 100 + 16);
    }

    @Test
    void priorityIsAShare() {
        shift.plan("q/low", TestRuns.plan("q/low", "p", 10_000).setPriority(1).build(), now);
        shift.plan("r/high", TestRuns.plan("r/high", "p", 10_000).setPriority(3).build(), now);
        untilOpened("q/low", "r/high");
        int skip = log.sent.size();
        for (int i = 0; i < 100; i++) {
            log.finishAll("p");
            ticks(1);
        }

        Map<String, Long> counts =
                log.sent.stream().skip(skip).collect(Collectors.groupingBy(Sample::getRunId, Collectors.counting()));
        assertThat((double) counts.getOrDefault("r/high", 0L) / counts.getOrDefault("q/low", 1L))
                .isBetween(2.9, 3.1);
    }

    @Test
    void aSuccessorGoesOnAtTheCursor() {
        plan("q/a", 100);
        untilSent(16);
        RunPlan plan = TestRuns.plan("q/a", "p", 100).build();
        shift.close();

        shift = shift();
        shift.cursor(log.cursors.get("q/a"));
        shift.plan("q/a", plan, now);
        finish("q/a");

        assertThat(log.positions("q/a")).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aCancelledRunGetsNothingMore() {
        plan("q/a", 100);
        untilSent(16);

        shift.control(TestRuns.cancel("q"));
        log.finishAll("p");
        ticks(5);

        assertThat(log.sent).hasSize(16);
    }

    @Test
    void aMissingSampleIsSentAgainAndSaysSo() {
        plan("q/a", 20);
        finish("q/a");
        log.finishAll("p");
        ticks(1);
        now = now.plusSeconds(4);
        shift.state(TestRuns.state("q/a", RunStatus.RUNNING, 7L).build(), now);
        now = now.plusSeconds(4);

        untilSent(21);

        assertThat(log.sent.getLast().getPosition()).isEqualTo(7);
        assertThat(log.sent.getLast().getSendCount()).isEqualTo(1);
        assertThat(log.cursor("q/a").getResent()).isEqualTo(Map.of("7", 1));
    }

    @Test
    void aSendThatFailsIsMadeAgainAndHoldsTheCursorBack() {
        plan("q/a", 10);
        log.fails = sample -> sample.getPosition() == 3;
        Awaitility.await().untilAsserted(() -> assertThatThrownBy(() -> shift.tick(now))
                .isInstanceOf(KafkaException.class)
                .hasMessage("not now"));
        assertThat(log.cursor("q/a").getNextPosition()).isEqualTo(3);

        log.fails = _ -> false;
        finish("q/a");

        assertThat(log.positions("q/a")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void aSampleThatCanNeverBeSentIsLostAndTheRestGoesOn() {
        log.refuses = sample -> sample.getPosition() == 3;
        unrenderable.add(5L);
        plan("q/a", 10);

        finish("q/a");

        assertThat(log.positions("q/a")).containsExactly(0L, 1L, 2L, 4L, 6L, 7L, 8L, 9L);
        assertThat(log.cursor("q/a").getLost()).containsExactly(3L, 5L);
        assertThat(registry.get("evalfleet.samples.lost").counter().count()).isEqualTo(2);
    }

    @Test
    void aRunWhoseDatasetChangedIsCancelledWithTheReason() {
        unopenable.put("q/a", SpoolException.lasting("the dataset has changed", null));
        plan("q/a", 10);
        plan("q/b", 10);

        Awaitility.await().untilAsserted(() -> {
            ticks(1);
            assertThat(log.controls)
                    .extracting(RunControl::getId, RunControl::getAction, RunControl::getReason, RunControl::getBy)
                    .containsExactly(tuple("q/a", ControlAction.CANCEL, "the dataset has changed", "producer"));
        });
        finish("q/b");
        assertThat(log.positions("q/a")).isEmpty();
    }

    @Test
    void aDatasetThatCannotBeReadForNowIsTriedAgain() {
        unopenable.put("q/a", SpoolException.temporary("the server is away", null));
        plan("q/a", 10);
        untilOpened("q/a");
        ticks(2);
        unopenable.clear();
        now = now.plusSeconds(6);

        finish("q/a");

        assertThat(log.controls).isEmpty();
    }

    @Test
    void aSpoolThatBreaksIsOpenedAgain() {
        unreadable.add("q/a");
        plan("q/a", 10);
        untilOpened("q/a");
        ticks(5);
        unreadable.clear();
        now = now.plusSeconds(6);

        finish("q/a");

        assertThat(opened.get("q/a")).isEqualTo(2);
        assertThat(log.positions("q/a")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void nothingIsSentWhileTheBrokerIsDown() {
        plan("q/a", 10);
        log.down = true;
        assertThatThrownBy(() -> shift.tick(now)).isInstanceOf(KafkaException.class);

        log.down = false;
        finish("q/a");
    }

    @Test
    void finishedRecordsAreDeletedNowAndThen() {
        plan("q/a", 10);
        finish("q/a");
        log.finishAll("p");
        now = now.plusSeconds(61);
        ticks(1);

        assertThat(log.trimmed.getOrDefault("p", Map.of()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(10);
    }

    @Test
    void whatWasSentLastIsInTheCursorThatIsHandedOver() {
        plan("q/a", 100);
        untilSent(16);
        log.finishAll("p");
        ticks(1);
        assertThat(log.cursor("q/a").getNextPosition()).isEqualTo(16);

        shift.handOver(now);

        assertThat(log.cursor("q/a").getNextPosition()).isEqualTo(32);
    }

    @Test
    void aGatedCandidateIsHeldBackUntilItsBaselineFollows() {
        shift.plan("q/cand", TestRuns.gated("q/cand", "q/base", "p", 1_000).build(), now);
        untilSent(16);
        log.finishAll("p");
        ticks(5);
        assertThat(log.positions("q/cand")).hasSize(16);

        plan("q/base", 1_000);
        finish("q/cand");

        assertThat(log.positions("q/base")).hasSizeGreaterThanOrEqualTo(1_000 - 16 - 16);
    }

    private void plan(String runId, long samples) {
        shift.plan(runId, TestRuns.plan(runId, "p", samples).build(), now);
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            shift.tick(now);
        }
    }

    /// Looks until every position of a run is sent, the workers finishing at once.
    private void finish(String runId) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            log.finishAll("p");
            return log.cursors.containsKey(runId) && log.cursor(runId).getDone();
        });
    }

    private void untilSent(int samples) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            return log.sent.size() >= samples;
        });
    }

    private void untilOpened(String... runIds) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> {
            ticks(1);
            return opened.keySet().containsAll(List.of(runIds));
        });
    }

    private DispatchShift shift() {
        return new DispatchShift(POOLS, log, this::open, new HashMap<>(meters), DispatchSettings.defaults());
    }

    private RunSamples open(RunPlan plan) throws SpoolException {
        opened.merge(plan.getRunId(), 1, Integer::sum);
        if (unopenable.containsKey(plan.getRunId())) {
            throw unopenable.get(plan.getRunId());
        }
        RunSamples samples = TestRuns.samples(plan);
        return new RunSamples() {
            @Override
            public RunPlan plan() {
                return plan;
            }

            @Override
            public Sample at(long position) {
                if (unreadable.contains(plan.getRunId())) {
                    throw new UncheckedIOException(new IOException("the spool is gone"));
                }
                if (unrenderable.contains(position)) {
                    throw new IllegalStateException("no field 'answer'");
                }
                return samples.at(position);
            }

            @Override
            public void close() {}
        };
    }
}
