package dev.evalfleet.local.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalfleet.local.embedded.SharedBroker;
import dev.evalfleet.producer.dispatch.Dispatcher;
import dev.evalfleet.runtime.kafka.Fleet;
import dev.evalfleet.schemas.avro.ControlAction;
import dev.evalfleet.schemas.avro.RunControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a dispatcher sends, on a broker.
@ExtendWith(SharedBroker.Extension.class)
class DispatcherIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void everyPositionIsDispatchedOnce(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher dispatcher = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 500));
            run.work();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(DispatcherUnderTest.positions(0, 500)));
            await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
            assertThat(dispatcher.ready()).isTrue();
        }
    }

    @Test
    void aGroupHasALagBeforeItsFirstWorkerHasRunAndNeverMoreThanTheWindow(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 500));

            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            assertThat(DispatcherUnderTest.lag(fleet)).isEqualTo(64);
        }
    }

    @Test
    void aSuccessorGoesOnAtTheCursorOfOneThatStopped(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 300));
            try (Dispatcher _ = DispatcherUnderTest.started(fleet)) {
                await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            }
            try (Dispatcher _ = DispatcherUnderTest.started(fleet)) {
                run.work();
                await().atMost(PATIENCE).until(() -> run.isDone("q/t/a"));
                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 300);
            }
            assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(DispatcherUnderTest.positions(0, 300));
        }
    }

    @Test
    @SuppressWarnings("try") // the first is closed while the second stands by
    void anotherProducerStandsByAndTakesOver(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                Fleet otherFleet = broker.fleet(fleet.topics().prefix());
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher first = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 2_000));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") == 64);
            try (Dispatcher second = DispatcherUnderTest.started(otherFleet)) {
                await().atMost(PATIENCE).until(second::ready);
                assertThat(DispatcherUnderTest.openRuns(otherFleet)).isZero();

                run.work();
                await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") > 100);
                first.close();

                await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() >= 2_000);
            }
            assertThat(run.positions("q/t/a"))
                    .containsExactlyInAnyOrderElementsOf(DispatcherUnderTest.positions(0, 2_000));
        }
    }

    @Test
    void aCancelledRequestGetsNoMoreThanItsWindow(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 10_000));
            run.plan(DispatchedRun.plan("r/t/a", 100));
            await().atMost(PATIENCE).until(() -> run.nextPosition("q/t/a") > 0);
            run.publish(
                    fleet.topics().control(),
                    "q",
                    RunControl.newBuilder()
                            .setId("q")
                            .setAction(ControlAction.CANCEL)
                            .setAt(Instant.now())
                            .build());
            await().atMost(PATIENCE).until(() -> DispatcherUnderTest.openRuns(fleet) == 1);

            run.work();
            await().atMost(PATIENCE).until(() -> run.positions("r/t/a").size() == 100);

            assertThat(run.positions("q/t/a")).hasSizeLessThanOrEqualTo(64);
        }
    }

    @Test
    void aMissingPositionIsSentAgain(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 100));
            run.work();
            await().atMost(PATIENCE).until(() -> run.positions("q/t/a").size() == 100);
            run.misses("q/t/a", List.of(42L));

            await().atMost(PATIENCE).until(() -> run.received().size() > 100);
            assertThat(run.received().getLast().getPosition()).isEqualTo(42);
            assertThat(run.received().getLast().getSendCount()).isEqualTo(1);
        }
    }

    @Test
    void finishedRecordsAreDeleted(SharedBroker broker) throws Exception {
        try (Fleet fleet = broker.fleet();
                DispatchedRun run = new DispatchedRun(fleet);
                Dispatcher _ = DispatcherUnderTest.started(fleet)) {
            run.plan(DispatchedRun.plan("q/t/a", 100));
            run.work();

            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                            DispatcherUnderTest.offsets(fleet, OffsetSpec.earliest()))
                    .isEqualTo(100));
        }
    }
}
