package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalfleet.schemas.avro.AlertKind;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunStatus;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of the work when something breaks, dies, or is gone.
class DispatchRecoveryTest {
    private final ShiftUnderTest fleet = new ShiftUnderTest();

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void expiredOffsetsOfAStartedPoolAreRestoredWithoutSkippingWork() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        fleet.log.expire("p");
        fleet.now = fleet.now.plusSeconds(10);
        fleet.ticks(2);

        assertThat(fleet.log.startedGroups).containsExactly("p at end", "p at start");
        assertThat(fleet.log.sent).hasSize(16);
    }

    @Test
    void aSuccessorGoesOnAtTheCursor() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        RunPlan plan = TestRuns.plan("q/a", "p", 100).build();
        fleet.restart();
        fleet.shift.cursor(fleet.log.cursors.get("q/a"));
        fleet.shift.plan("q/a", plan, fleet.now);
        fleet.finish("q/a");

        assertThat(fleet.log.positions("q/a")).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aMissingSampleIsSentAgainAndSaysSo() {
        fleet.plan("q/a", 20);
        fleet.finish("q/a");
        fleet.log.finishAll("p");
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(4);
        fleet.shift.state(TestRuns.state("q/a", RunStatus.RUNNING, 7L).build(), fleet.now);
        fleet.now = fleet.now.plusSeconds(4);

        fleet.untilSent(21);

        assertThat(fleet.log.sent.getLast().getPosition()).isEqualTo(7);
        assertThat(fleet.log.sent.getLast().getSendCount()).isEqualTo(1);
        assertThat(fleet.log.cursor("q/a").getResent()).isEqualTo(Map.of("7", 1));
    }

    @Test
    void aSendThatFailsIsMadeAgainAndHoldsTheCursorBack() {
        fleet.plan("q/a", 10);
        fleet.log.fails = sample -> sample.getPosition() == 3;
        Awaitility.await().untilAsserted(() -> assertThatThrownBy(() -> fleet.shift.tick(fleet.now))
                .isInstanceOf(KafkaException.class)
                .hasMessage("not now"));
        assertThat(fleet.log.cursor("q/a").getNextPosition()).isEqualTo(3);

        fleet.log.fails = _ -> false;
        fleet.finish("q/a");

        assertThat(fleet.log.positions("q/a")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void aSampleThatCanNeverBeSentIsLostAndTheRestGoesOn() {
        fleet.log.refuses = sample -> sample.getPosition() == 3;
        fleet.unrenderable.add(5L);
        fleet.plan("q/a", 10);

        fleet.finish("q/a");

        assertThat(fleet.log.positions("q/a")).containsExactly(0L, 1L, 2L, 4L, 6L, 7L, 8L, 9L);
        assertThat(fleet.log.cursor("q/a").getLost()).containsExactly(3L, 5L);
        assertThat(fleet.registry.get("evalfleet.samples.lost").counter().count())
                .isEqualTo(2);
    }

    @Test
    void aRunWhoseDatasetChangedIsCancelledWithTheReason() {
        fleet.unopenable.put("q/a", SpoolException.lasting("the dataset has changed", null));
        fleet.plan("q/a", 10);
        fleet.plan("q/b", 10);

        Awaitility.await().untilAsserted(() -> {
            fleet.ticks(1);
            assertThat(fleet.log.controls)
                    .extracting(RunControl::getId, RunControl::getAction, RunControl::getReason, RunControl::getBy)
                    .containsExactly(tuple("q/a", ControlAction.CANCEL, "the dataset has changed", "producer"));
        });
        fleet.finish("q/b");
        assertThat(fleet.log.positions("q/a")).isEmpty();
    }

    @Test
    void aDatasetThatCannotBeReadForNowIsTriedAgain() {
        fleet.unopenable.put("q/a", SpoolException.temporary("the server is away", null));
        fleet.plan("q/a", 10);
        fleet.untilOpened("q/a");
        fleet.ticks(2);
        fleet.unopenable.clear();
        fleet.now = fleet.now.plusSeconds(6);

        fleet.finish("q/a");

        assertThat(fleet.log.controls).isEmpty();
    }

    @Test
    void aSpoolThatBreaksIsOpenedAgain() {
        fleet.unreadable.add("q/a");
        fleet.plan("q/a", 10);
        fleet.untilOpened("q/a");
        fleet.ticks(5);
        fleet.unreadable.clear();
        fleet.now = fleet.now.plusSeconds(6);

        fleet.finish("q/a");

        assertThat(fleet.opened.get("q/a")).isEqualTo(2);
        assertThat(fleet.log.positions("q/a")).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void nothingIsSentWhileTheBrokerIsDown() {
        fleet.plan("q/a", 10);
        fleet.log.down = true;
        assertThatThrownBy(() -> fleet.shift.tick(fleet.now)).isInstanceOf(KafkaException.class);

        fleet.log.down = false;
        fleet.finish("q/a");
    }

    @Test
    void whatWasSentLastIsInTheCursorThatIsHandedOver() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        fleet.log.finishAll("p");
        fleet.ticks(1);
        assertThat(fleet.log.cursor("q/a").getNextPosition()).isEqualTo(16);

        fleet.shift.handOver(fleet.now);

        assertThat(fleet.log.cursor("q/a").getNextPosition()).isEqualTo(32);
    }

    @Test
    void aTopicThatWasDeletedIsMadeAgainAndWhatWasInItIsSentAgain() {
        fleet.plan("q/a", 20);
        fleet.untilSent(16);
        fleet.log.delete("p");
        assertThatThrownBy(() -> fleet.ticks(1)).isInstanceOf(UnknownTopicOrPartitionException.class);

        fleet.now = fleet.now.plusSeconds(10);
        fleet.finish("q/a");
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(6);
        fleet.shift.state(
                TestRuns.state("q/a", RunStatus.RUNNING, 0L, 1L, 2L, 3L).build(), fleet.now);
        fleet.now = fleet.now.plusSeconds(6);
        fleet.untilSent(24);

        assertThat(fleet.log.prepared).isEqualTo(2);
        assertThat(fleet.log.positions("q/a").subList(20, 24)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void aPoolWithWorkAndNoWorkerRaisesAnAlertThatSaysWhatToDo() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(31);
        fleet.ticks(3);

        assertThat(fleet.log.alerts).singleElement().satisfies(alert -> {
            assertThat(alert.getKind()).isEqualTo(AlertKind.STALLED);
            assertThat(alert.getRunId()).isEqualTo("pool/p");
            assertThat(alert.getMessage())
                    .isEqualTo("pool \"p\" has stalled: 16 samples wait and nothing was finished since"
                            + " 2026-01-01T12:00:00Z; no worker is there: start one for pool \"p\", or see why the"
                            + " autoscaler does not (it sees a lag of 16)");
        });
    }
}
