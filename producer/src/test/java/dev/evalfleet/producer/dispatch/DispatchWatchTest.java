package dev.evalfleet.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalfleet.schemas.avro.Alert;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RequestLimits;
import dev.evalfleet.schemas.avro.RunControl;
import dev.evalfleet.schemas.avro.RunPlan;
import dev.evalfleet.schemas.avro.RunState;
import dev.evalfleet.schemas.avro.RunStatus;
import dev.evalfleet.schemas.avro.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the dispatcher watches over: pools that stand still, and limits.
class DispatchWatchTest {
    private final ShiftUnderTest fleet = new ShiftUnderTest();

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aStalledAlertIsSaidOnceAStandstillByWhicheverProducer() {
        fleet.plan("q/a", 100);
        fleet.untilSent(16);
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(31);
        fleet.ticks(2);
        RunPlan plan = TestRuns.plan("q/a", "p", 100).build();
        fleet.restart();
        fleet.shift.cursor(fleet.log.cursor("q/a"));
        fleet.shift.plan("q/a", plan, fleet.now);
        fleet.ticks(1);
        fleet.now = fleet.now.plusSeconds(31);
        fleet.ticks(1);
        assertThat(fleet.log.alerts)
                .extracting(Alert::getAlertId)
                .containsExactly("stalled/pool/p/0", "stalled/pool/p/0");

        fleet.log.finishAll("p");
        fleet.untilSent(32);
        fleet.ticks(1);
        assertThat(fleet.registry.get("evalfleet.pool.stalled").gauge().value()).isZero();
        fleet.now = fleet.now.plusSeconds(31);
        fleet.ticks(1);
        assertThat(fleet.log.alerts).extracting(Alert::getAlertId).last().isEqualTo("stalled/pool/p/16");
    }

    @Test
    void aLimitIsKeptByTheProducerThatTakesOver() {
        RunPlan plan = TestRuns.plan("q/a", "p", 100)
                .setLimits(RequestLimits.newBuilder().setMaxTokens(50L).build())
                .build();
        fleet.shift.plan("q/a", plan, fleet.now);
        fleet.untilSent(16);
        fleet.shift.state(spent(30), fleet.now);
        fleet.ticks(1);
        fleet.restart();
        fleet.shift.cursor(fleet.log.cursor("q/a"));
        fleet.shift.state(spent(55), fleet.now);
        fleet.shift.plan("q/a", plan, fleet.now);
        fleet.log.finishAll("p");
        fleet.ticks(3);

        assertThat(fleet.log.controls)
                .extracting(RunControl::getId, RunControl::getAction)
                .containsExactly(tuple("q", ControlAction.LIMIT_REACHED));
        assertThat(fleet.log.sent).hasSize(16);
    }

    private static RunState spent(long tokens) {
        return TestRuns.state("q/a", RunStatus.RUNNING)
                .setUsage(Usage.newBuilder().setOutputTokens(tokens).build())
                .build();
    }
}
