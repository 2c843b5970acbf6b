package dev.evalfleet.producer.dispatch.run;

import static dev.evalfleet.producer.dispatch.TestRuns.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.producer.dispatch.TestRuns;
import dev.evalfleet.producer.dispatch.log.Outstanding;
import dev.evalfleet.schemas.avro.DispatchCursor;
import dev.evalfleet.schemas.avro.RetryPlan;
import dev.evalfleet.schemas.avro.RunPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class DispatchRunTest {
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final long ALL = Long.MAX_VALUE;

    private final DispatchRun run = new DispatchRun(TestRuns.plan("q/r", "p", 4).build());

    @Test
    void aRetryHandsOutOnlyWhatIsAskedAgain() {
        DispatchRun retry = new DispatchRun(TestRuns.plan("r/a", "p", 10)
                .setRetry(new RetryPlan("q/a", List.of(2L, 3L, 7L)))
                .build());
        assertThat(retry.hasStarted()).isFalse();

        assertThat(List.of(retry.take(), retry.take(), retry.take())).containsExactly(2L, 3L, 7L);
        assertThat(retry.hasWork()).isFalse();
        assertThat(retry.isFullyDispatched()).isTrue();
        assertThat(retry.hasStarted()).isTrue();
    }

    @Test
    void theSuccessorOfARetryGoesOnAtWhatIsAskedNext() {
        RunPlan plan = TestRuns.plan("r/a", "p", 10)
                .setRetry(new RetryPlan("q/a", List.of(2L, 7L)))
                .build();
        DispatchRun before = new DispatchRun(plan);
        before.take();
        DispatchRun successor = new DispatchRun(plan);

        successor.resume(before.cursor(TestRuns.NOON));

        assertThat(successor.take()).isEqualTo(7);
    }

    @Test
    void positionsAreHandedOutInOrderAndOnce() {
        assertThat(sendAll()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(run.hasWork()).isFalse();
        assertThat(run.isFullyDispatched()).isTrue();
        assertThat(run.cursor(NOON).getDone()).isTrue();
    }

    @Test
    void aFailedSendIsHandedOutAgainAndHoldsTheCursorBack() {
        run.take();
        run.take();
        run.take();
        run.returned(1);
        run.acknowledged(0, 0, 0);
        run.acknowledged(2, 0, 1);

        assertThat(run.cursor(NOON).getNextPosition()).isEqualTo(1);
        assertThat(run.take()).isEqualTo(1);
        assertThat(run.sendCount(1)).isZero();
        run.acknowledged(1, 0, 2);
        assertThat(run.cursor(NOON).getNextPosition()).isEqualTo(3);
    }

    @Test
    void aSuccessorGoesOnAtTheCursor() {
        run.take();
        run.take();
        run.acknowledged(0, 7, 40);
        run.acknowledged(1, 7, 41);

        DispatchRun successor = new DispatchRun(run.plan());
        successor.resume(run.cursor(NOON));

        assertThat(successor.take()).isEqualTo(2);
        assertThat(successor.cursor(NOON).getPartitionOffsets()).isEqualTo(Map.of("7", 42L));
    }

    @Test
    void aLateCursorOfAPredecessorChangesNothing() {
        DispatchCursor early = run.cursor(NOON);
        sendAll();

        run.resume(early);

        assertThat(run.isFullyDispatched()).isTrue();
    }

    @Test
    void aMissingPositionIsSentTwiceAgainAndThenLost() {
        sendAll();

        assertThat(sentAgainAfterQuiet(NOON, 2L)).containsExactly(2L);
        assertThat(sentAgainAfterQuiet(NOON.plusSeconds(100), 2L)).containsExactly(2L);
        assertThat(sentAgainAfterQuiet(NOON.plusSeconds(200), 2L)).isEmpty();

        DispatchCursor cursor = run.cursor(NOON);
        assertThat(cursor.getLost()).containsExactly(2L);
        assertThat(cursor.getResent()).isEqualTo(Map.of("2", 2));
        assertThat(sentAgainAfterQuiet(NOON.plusSeconds(300), 2L)).isEmpty();
    }

    @Test
    void aResentSampleSaysHowOftenItWasSentBefore() {
        sendAll();
        sayMissingAndSettle(1L);

        assertThat(run.take()).isEqualTo(1);
        assertThat(run.sendCount(1)).isEqualTo(1);
        run.acknowledged(1, 0, 9);
        assertThat(run.sendCount(1)).isEqualTo(1);
    }

    @Test
    void nothingIsSentAgainWhileTheWorkersAreNotDone() {
        sendAll();
        run.missing(List.of(1L), NOON);

        run.reconsiderMissing(committed(3), ALL, () -> () -> true, NOON, SETTLE);
        run.reconsiderMissing(committed(3), ALL, () -> () -> true, NOON.plusSeconds(1000), SETTLE);

        assertThat(run.hasWork()).isFalse();
    }

    @Test
    void nothingIsSentAgainBeforeTheRunIsFullyDispatched() {
        run.take();
        run.acknowledged(0, 0, 0);
        run.missing(List.of(0L), NOON);
        quietFor(NOON, SETTLE);

        assertThat(run.take()).isEqualTo(1);
    }

    @Test
    void anOldWordOfTheAggregatorCountsOnlyAfterALongWhile() {
        sendAll();
        run.missing(List.of(2L), NOON);

        quietFor(NOON.plusSeconds(10), SETTLE);
        assertThat(run.hasWork()).isFalse();

        quietFor(NOON.plusSeconds(10), SETTLE.multipliedBy(10));
        assertThat(run.take()).isEqualTo(2);
    }

    @Test
    void aCursorAsksTheAggregatorToLookAgain() {
        sendAll();
        run.missing(List.of(2L), NOON);
        run.cursorWritten(NOON);

        quietFor(NOON.plusSeconds(10), Duration.ZERO);

        assertThat(run.isCursorDue(NOON.plusSeconds(10), Duration.ZERO)).isTrue();
    }

    @Test
    void aResendThatFailsIsTriedAgainAndHoldsNothingBack() {
        sendAll();
        sayMissingAndSettle(1L);
        run.take();
        run.returned(1);

        assertThat(run.cursor(NOON).getNextPosition()).isEqualTo(4);
        assertThat(run.cursor(NOON).getResent()).isEmpty();
        assertThat(run.take()).isEqualTo(1);
    }

    @Test
    void theCursorIsWrittenAtOnceThenRarelyThenAtTheEnd() {
        Duration interval = Duration.ofMillis(500);
        assertThat(run.isCursorDue(NOON, interval)).isFalse();
        send();
        assertThat(run.isCursorDue(NOON, interval)).isTrue();
        run.cursorWritten(NOON);
        send();
        assertThat(run.isCursorDue(NOON.plusMillis(100), interval)).isFalse();
        assertThat(run.isCursorDue(NOON.plusMillis(500), interval)).isTrue();
        send();
        send();
        assertThat(run.isCursorDue(NOON.plusMillis(100), interval)).isTrue();
    }

    private long send() {
        long position = run.take();
        run.acknowledged(position, 0, position);
        return position;
    }

    private List<Long> sendAll() {
        List<Long> sent = new ArrayList<>();
        while (run.hasWork()) {
            sent.add(send());
        }
        return sent;
    }

    @Test
    void anAggregatorThatComesLateIsAskedAgainWhenItHasRead() {
        sendAll();
        AtomicBoolean read = new AtomicBoolean(true); // nobody is there who could read
        run.reconsiderMissing(committed(100), ALL, () -> read::get, NOON, SETTLE);
        run.missing(List.of(1L), NOON.plusSeconds(1));
        read.set(false);
        run.reconsiderMissing(committed(100), ALL, () -> read::get, NOON.plus(SETTLE), SETTLE);
        assertThat(run.hasWork()).isFalse();

        read.set(true);
        Instant later = NOON.plus(SETTLE).plusSeconds(1);
        run.reconsiderMissing(committed(100), ALL, () -> read::get, later, SETTLE);
        run.missing(List.of(), later.plusSeconds(1));
        run.reconsiderMissing(committed(100), ALL, () -> read::get, later.plus(SETTLE.multipliedBy(10)), SETTLE);

        assertThat(run.hasWork()).isFalse();
    }

    @Test
    void whatTheAggregatorHasNotReadYetIsNotMissing() {
        sendAll();
        AtomicBoolean read = new AtomicBoolean();
        run.reconsiderMissing(committed(100), ALL, () -> read::get, NOON, SETTLE);
        run.missing(List.of(1L), NOON.plusSeconds(3));
        run.reconsiderMissing(committed(100), ALL, () -> read::get, NOON.plusSeconds(1000), SETTLE);
        assertThat(run.hasWork()).isFalse();

        read.set(true);
        run.reconsiderMissing(committed(100), ALL, () -> read::get, NOON.plusSeconds(1001), SETTLE);
        run.missing(List.of(1L), NOON.plusSeconds(1002));
        run.reconsiderMissing(
                committed(100), ALL, () -> read::get, NOON.plusSeconds(1001).plus(SETTLE), SETTLE);
        assertThat(sendAll()).containsExactly(1L);
    }

    @Test
    void aRunThatIsHeldBackIsSentAgainWhatItMissesAndNothingFurther() {
        send();
        send();
        run.missing(List.of(1L, 2L, 3L), NOON);
        run.reconsiderMissing(committed(100), 2, () -> () -> true, NOON.plusSeconds(1), SETTLE);
        run.missing(List.of(1L, 2L, 3L), NOON.plusSeconds(4));
        run.reconsiderMissing(
                committed(100), 2, () -> () -> true, NOON.plusSeconds(1).plus(SETTLE), SETTLE);

        assertThat(run.hasWork(2)).isTrue();
        assertThat(send()).isEqualTo(1L);
        assertThat(run.hasWork(2)).isFalse();
    }

    @Test
    void aRunThatIsHeldBackAndMissesNothingIsNotAskedAbout() {
        send();
        run.missing(List.of(1L, 2L, 3L), NOON);
        run.cursorWritten(NOON);

        run.reconsiderMissing(
                committed(100),
                1,
                () -> {
                    throw new AssertionError("asked");
                },
                NOON.plusSeconds(1),
                SETTLE);

        assertThat(run.isCursorDue(NOON.plusSeconds(100), SETTLE)).isFalse();
    }

    private List<Long> sentAgainAfterQuiet(Instant from, Long... missing) {
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, from, SETTLE);
        run.missing(List.of(missing), from.plusSeconds(3));
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, from.plus(SETTLE), SETTLE);
        return sendAll();
    }

    private void sayMissingAndSettle(Long... missing) {
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, NOON, SETTLE);
        run.missing(List.of(missing), NOON.plusSeconds(3));
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, NOON.plus(SETTLE), SETTLE);
    }

    private void quietFor(Instant from, Duration time) {
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, from, SETTLE);
        run.reconsiderMissing(committed(100), ALL, () -> () -> true, from.plus(time), SETTLE);
    }

    private static Outstanding committed(long offset) {
        return new Outstanding(Map.of(), Map.of(0, 100L), Map.of(0, new OffsetAndMetadata(offset)));
    }
}
